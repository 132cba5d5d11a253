"""The customer's door: report, answer, confirm, in plain words and without a script."""
