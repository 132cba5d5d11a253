"""Many tickets at once: one order, one transaction and one result per ticket, and ten minutes to take it back."""
