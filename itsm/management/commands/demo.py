"""The sample provider, his customers and 300 tickets of the last thirty days: `demo [--seed N]`, gone by `--remove`."""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from core.actor import ALL
from customers import scoping
from customers.models import Customer
from incidents import sample
from itsm.demo import erase, people, stage


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
        with tqdm(desc="Demo", total=round(sample.STEPS * share), disable=None) as bar:
            cast, password = stage.play(seed, share=share, tell=lambda done: bar.update(done - bar.n))
        path = Path(settings.LOCAL_DIR) / people.FILE
        people.write_private(path, people.of(cast, password))
        self.stdout.write(f"Loaded. Everybody signs in with “{password}”; who is who stands in {path}.")

    def _remove(self) -> None:
        for line in erase.erase():
            self.stdout.write(line)
        (Path(settings.LOCAL_DIR) / people.FILE).unlink(missing_ok=True)
