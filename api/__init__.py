"""The REST door: one address, ground rules and description for resources that live in their own rooms."""
