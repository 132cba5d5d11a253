"""The pages of major incidents: the list, and the room of one (decision 13)."""
