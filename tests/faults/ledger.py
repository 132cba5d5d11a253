"""What the clocks have done, as counts of names that do not depend on who did it when: two ledgers can be compared."""

import io
from collections import Counter
from dataclasses import dataclass

from django.core.management import call_command

from core.actor import ALL
from customers import scoping
from journal.models import Delivery, Entry
from notifications.models import Message, Notice
from slas.models import Escalation, Timer

ENTRIES = ("sla.breached", "sla.escalated", "incident.assigned")
Names = Counter[tuple[str, ...]]


@dataclass(frozen=True)
class Books:
    """What was done against what an undisturbed run does."""

    lost: Names
    doubled: Names


NOTHING = Books(lost=Names(), doubled=Names())


def compare(found: Names, wanted: Names) -> Books:
    """What is missing in `found`, and what is in it too often."""
    return Books(lost=wanted - found, doubled=found - wanted)


def read() -> Names:
    """Count breaches, fired steps, entries, mails and lines of the Inbox, each by what it is about."""
    with scoping.scope(ALL, compartments=(0, *range(1, 9))):
        entries = {one.pk: _entry(one) for one in Entry.objects.filter(name__in=ENTRIES)}
        found: Names = Counter(entries.values())
        breached = Timer.objects.exclude(breached_at=None).values_list("ticket__title", "metric")
        found.update(("breach", title, metric) for title, metric in breached)
        fired = Escalation.objects.values_list("timer__ticket__title", "timer__metric", "step__percent")
        found.update(("step", title, metric, str(percent)) for title, metric, percent in fired)
        mails = Message.objects.filter(entry_id__in=entries).values_list("entry_id", "recipient", "channel")
        found.update(("mail", *entries[entry], to, channel) for entry, to, channel in mails)
        lines = Notice.objects.filter(entry_id__in=entries).values_list("entry_id", "user__email")
        found.update(("line", *entries[entry], to) for entry, to in lines)
        return found


def owed() -> int:
    """Deliveries of the journal that nobody has taken yet, or that were given up."""
    with scoping.scope(ALL):
        return Delivery.objects.exclude(state="done").count()


def assert_whole(wanted: Names) -> None:
    """Nothing lost, nothing doubled, nothing still owed, and every clock is what its segments give."""
    assert compare(read(), wanted) == NOTHING
    assert owed() == 0
    said = io.StringIO()
    call_command("verify_timers", stdout=said)
    assert said.getvalue().splitlines()[-1].endswith(" 0 differ.")


def _entry(one: Entry) -> tuple[str, ...]:
    data = one.data
    return (one.name, one.subject_label, *(str(data.get(name)) for name in ("metric", "percent", "team")))
