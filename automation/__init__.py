"""What the desk does by itself or in one go: routing rules, macros and texts, templates, recurring tickets."""
