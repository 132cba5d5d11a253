"""The portal at the command line."""
