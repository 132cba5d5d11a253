"""`manage.py verify_timers`: recomputes every clock from its segments; exit 1 and a list where one differs."""

import sys
import time
from typing import Any

from django.core.management.base import BaseCommand

from accounts import actors
from customers import scoping
from slas import proving, queries
from slas.models import Timer

EVERY_SECONDS = 5.0


class Command(BaseCommand):
    help = "Recompute every timer from its segments; exit 1 and a list where one differs."

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk all timers in chunks, each in a scope of its own; a long walk says on stderr how far it is."""
        by = actors.system("verify_timers")
        with scoping.scope(by.customers, compartments=by.compartments):
            total = Timer.objects.count()
        seen, wrong, last, said_at = 0, 0, 0, time.monotonic()
        while True:
            with scoping.scope(by.customers, compartments=by.compartments):
                chunk = queries.all_timers(after=last)
                for timer, columns in proving.differing(chunk):
                    wrong += 1
                    self._say(timer, columns)
            if not chunk:
                break
            seen, last = seen + len(chunk), chunk[-1].pk
            if time.monotonic() - said_at >= EVERY_SECONDS:
                said_at = time.monotonic()
                self.stderr.write(f"{seen:,} of {max(total, seen):,} timers, {wrong} differ so far")
        self.stdout.write(f"{seen} timers recomputed, {wrong} differ.")
        if wrong:
            sys.exit(1)

    def _say(self, timer: Timer, columns: proving.Differences) -> None:
        for name, (stored, reckoned) in sorted(columns.items()):
            self.stdout.write(f"timer {timer.pk} ({timer}): {name} is {stored}, its segments give {reckoned}")
