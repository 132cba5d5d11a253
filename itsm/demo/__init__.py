"""The sample provider and his customers: who they are, what goes wrong, how it is worked on, how it all goes again."""
