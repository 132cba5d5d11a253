"""Streams and waiting requests (`/live/`): the ASGI application of the small process without database connections."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itsm.settings")

application = get_asgi_application()
