"""Consent: who was asked to approve which version of what, and what he said. Below every process that asks."""
