"""Writes docs/openapi.yaml from the code; a test holds the file against it."""

from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand

from api import schema

PLACE = "docs/openapi.yaml"


def text() -> str:
    """The description as the file holds it."""
    return yaml.safe_dump(schema.document(), sort_keys=False, allow_unicode=True, width=110)


class Command(BaseCommand):
    help = "Write docs/openapi.yaml from the code."

    def handle(self, *args: Any, **options: Any) -> None:
        (settings.BASE_DIR / PLACE).write_text(text(), encoding="utf-8")
        self.stdout.write(f"Wrote {PLACE}.")
