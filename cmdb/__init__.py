"""Configuration items, services among them: relations, subscriptions, and with whom an item is shared (8.2.6)."""
