"""Connects the rooms once all of them are loaded: the only place where that happens."""

import importlib

from django.apps import AppConfig


class ItsmConfig(AppConfig):
    name = "itsm"

    def ready(self) -> None:
        """Models are loaded now, so the wiring may import what needs them."""
        importlib.import_module("itsm.wiring").connect()
