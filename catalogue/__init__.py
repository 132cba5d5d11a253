"""What is offered: how a service presents itself to customers, and the categories of work on it (8.2.2, 8.2.4)."""
