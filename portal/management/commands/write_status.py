"""Write the static twin of the public status pages, as the beat does each minute."""

from typing import Any

from django.core.management.base import BaseCommand

from portal import twin


class Command(BaseCommand):
    help = "Write the public status pages as plain files, for a front to serve while the application is down."

    def handle(self, *args: Any, **options: Any) -> None:
        count = twin.write()
        self.stdout.write(f"{count} status pages in {twin.folder()}")
