"""The desk: the agents' door, in a browser."""
