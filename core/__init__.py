"""The kernel: plain classes without models, known to every room."""
