"""`manage.py verify_timers`: recomputes every clock from its segments; exit 1 and a list where one differs."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from accounts import actors
from customers import scoping
from slas import queries


class Command(BaseCommand):
    help = "Recompute every timer from its segments; exit 1 and a list where one differs."

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk all timers in chunks, each in a scope of its own."""
        by = actors.system("verify_timers")
        seen, wrong, last = 0, 0, 0
        while True:
            with scoping.scope(by.customers, compartments=by.compartments):
                chunk = queries.all_timers(after=last)
                for timer, columns in queries.differing(chunk):
                    wrong += 1
                    for name, (stored, reckoned) in sorted(columns.items()):
                        self.stdout.write(
                            f"timer {timer.pk} ({timer}): {name} is {stored}, its segments give {reckoned}"
                        )
            if not chunk:
                break
            seen, last = seen + len(chunk), chunk[-1].pk
        self.stdout.write(f"{seen} timers recomputed, {wrong} differ.")
        if wrong:
            sys.exit(1)
