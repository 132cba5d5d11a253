"""Commands of the REST door."""
