"""Configuration items, services among them, their relations, who is subscribed and with whom an item is shared (8.2.6)."""
