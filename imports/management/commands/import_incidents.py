"""Bring incidents of another tool in as history: `import_incidents FILE --mapping M.toml --customer SLUG`."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts import actors
from core import errors
from core.actor import ALL
from customers import scoping
from customers.models import Customer
from imports import mapping, report, running
from imports.actions import Outcome
from slas import actions as clocks


class Command(BaseCommand):
    help = "Bring incidents of another tool in as history; a second run changes nothing. See docs/import.md."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", help="csv, tsv or one JSON object per line; may be packed with gzip")
        parser.add_argument("--mapping", required=True, help="a TOML file that says which column means what")
        parser.add_argument("--customer", required=True, help="the customer's slug")
        parser.add_argument("--dry-run", action="store_true", help="do everything, and take it all back")
        parser.add_argument("--live-clocks", action="store_true", help="start clocks for open ones, from now")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            account, skipped = self._run(options)
        except errors.Refused as refusal:
            raise CommandError(refusal.detail, returncode=2) from refusal
        for line in report.lines(account, skipped, is_rehearsal=options["dry_run"]):
            self.stdout.write(line)
        if account.differences(skipped.rows):
            sys.exit(1)

    def _run(self, options: dict[str, Any]) -> tuple[report.Account, report.Skipped]:
        read = mapping.load(options["mapping"])
        with scoping.scope(ALL):
            by = actors.system(f"Import from {read.system}")
            customer = _customer(options["customer"])
        bars = _Bars()
        order = running.Order(
            path=options["file"],
            mapping=read,
            customer=customer,
            by=by,
            is_rehearsal=options["dry_run"],
            take=_start_clocks(by) if options["live_clocks"] else None,
            folder=_room(),
            progress=bars.show,
        )
        with report.Skipped(_beside(options["file"])) as skipped:
            try:
                return running.run(order, skipped), skipped
            finally:
                bars.close()


class _Bars:
    """One progress bar after the other, on standard error; none where nobody watches."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None
        self._what = ""

    def show(self, what: str, done: int, total: int) -> None:
        if self._bar is None or self._what != what:
            self.close()
            self._what, is_bytes = what, what == "Reading"
            self._bar = tqdm(
                desc=what, total=total, unit="B" if is_bytes else "", unit_scale=is_bytes, disable=None
            )
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _start_clocks(by: Any) -> running.Take:
    """Open tickets that are new here get clocks that run from now, as if they had just been received."""

    def take(outcome: Outcome) -> int:
        still_open = [one for one in outcome.tickets if one.is_open]
        for ticket in still_open:
            clocks.start_clocks(ticket, by=by, at=scoping.current().at)
        return len(still_open)

    return take


def _customer(slug: str) -> Customer:
    found = Customer.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Customer.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise errors.NotFound(f"There is no customer “{slug}”; there are: {known}.")
    return found


def _room() -> Path | None:
    """Where rows wait: beside the installation's data, which is on disk; the system's place may be memory."""
    folder = Path(settings.LOCAL_DIR)
    return folder if folder.is_dir() and os.access(folder, os.W_OK) else None


def _beside(path: str) -> Path:
    """The file for what was skipped: beside the source, or where this installation keeps its own files."""
    source = Path(path)
    folder = source.parent if os.access(source.parent, os.W_OK) else Path(settings.LOCAL_DIR)
    return folder / f"{source.name}.skipped.csv"
