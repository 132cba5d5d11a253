"""Commands of the ticket core."""
