"""The installation: settings, addresses, the table of contents and the processes that serve it."""

from itsm.celery import app as celery_app

__all__ = ["celery_app"]
