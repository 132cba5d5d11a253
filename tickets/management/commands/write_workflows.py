"""`manage.py write_workflows`: write docs/workflows/ from the workflow tables."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from tickets import diagrams, processes


class Command(BaseCommand):
    help = "Writes docs/workflows/<kind>.md for every process."

    def handle(self, **options: object) -> None:
        folder = Path(settings.BASE_DIR) / "docs" / "workflows"
        folder.mkdir(parents=True, exist_ok=True)
        for process in processes.every():
            (folder / f"{process.kind}.md").write_text(diagrams.page(process))
            self.stdout.write(f"docs/workflows/{process.kind}.md")
