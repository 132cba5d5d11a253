"""The first setting up: seven steps for the administrator of a fresh installation."""
