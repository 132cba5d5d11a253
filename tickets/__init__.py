"""The ticket core: one table for every queue, one engine for every workflow, one conversation with audiences."""
