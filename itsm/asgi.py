"""The ASGI application of the small process behind `/live/`: streams and waiting, without database connections."""

import importlib
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itsm.settings")
django.setup(set_prefix=False)

# What needs Django's models can only be read after the line above.
application = importlib.import_module("live.streams").application
