"""The sample provider, his customers and 300 tickets of the last thirty days: `demo [--seed N]`, gone by `--remove`."""

import argparse
import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from core.actor import ALL
from customers import scoping
from customers.models import Customer
from itsm.demo import erase, stage
from itsm.demo.cast import Cast

PEOPLE = "demo_people.json"
STEPS = 2_000  # about: for the progress bar


class Command(BaseCommand):
    help = "Load a sample provider with six customers and 300 tickets, or take them away again. See docs/demo.md."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=8, help="the same seed tells the same story")
        parser.add_argument(
            "--remove", action="store_true", help="erase the sample customers and all that is theirs"
        )
        parser.add_argument(
            "--first-start", action="store_true", help="do nothing where there are customers already"
        )
        parser.add_argument("--share", type=float, default=1.0, help=argparse.SUPPRESS)

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["remove"]:
            self._remove()
            return
        with scoping.scope(ALL):
            known = list(Customer.objects.order_by("slug").values_list("slug", flat=True))
            is_loaded = Customer.objects.filter(is_sample=True).exists()
        if known and options["first_start"]:
            self.stdout.write("There are customers already: the demo was not loaded.")
            return
        if is_loaded:
            raise CommandError(
                "The demo is loaded already: take it away with “manage.py demo --remove” first.", returncode=2
            )
        self._load(options["seed"], options["share"])

    def _load(self, seed: int, share: float) -> None:
        with tqdm(desc="Demo", total=round(STEPS * share), disable=None) as bar:
            cast, password = stage.play(seed, share=share, tell=lambda done: bar.update(done - bar.n))
        path = Path(settings.LOCAL_DIR) / PEOPLE
        write_private(path, people(cast, password))
        self.stdout.write(f"Loaded. Everybody signs in with “{password}”; who is who stands in {path}.")

    def _remove(self) -> None:
        for line in erase.erase():
            self.stdout.write(line)
        (Path(settings.LOCAL_DIR) / PEOPLE).unlink(missing_ok=True)


def people(cast: Cast, password: str) -> list[dict[str, str | None]]:
    """One person for each role and customer: [{email, password, role, customer}]; staff have no customer."""
    found: dict[tuple[str, str | None], dict[str, str | None]] = {}
    for user, role, customer in cast.sign_ins:
        one = {"email": user.email, "password": password, "role": role, "customer": customer}
        found.setdefault((role, customer), one)
    return list(found.values())


def write_private(path: Path, content: Any) -> None:
    """Write a file of JSON that its owner alone can read."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
    path.chmod(0o600)
