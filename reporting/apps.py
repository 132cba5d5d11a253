"""Tells Django that this room exists; what it connects to is said in itsm/wiring.py."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
