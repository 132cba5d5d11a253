"""What stands around the product: installing it, the servers of a machine that has none, and one supervisor.

Nothing in here imports the product, and the product imports nothing from here: they meet in the environment.
"""
