"""Tells Django that this room exists; what it connects to is said in itsm/wiring.py."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"
