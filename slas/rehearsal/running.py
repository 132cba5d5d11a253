"""A rehearsal as a job: started by one who may write agreements, five hundred tickets a step, its result kept in it."""

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import settings
from core import errors, time
from core.actor import Actor
from customers import scoping
from customers.models import Customer
from jobs import actions as jobs
from jobs.models import Job
from slas.choices import AgreementKind, TimerState
from slas.models import Timer
from slas.rehearsal import replaying, rules, stories, whatif
from slas.rehearsal.replaying import BREACHED, MET, RESPONSES, Judged
from slas.rehearsal.stories import Directory, Story
from slas.rehearsal.tallying import Recorded, Tally
from slas.rehearsal.whatif import WhatIf
from tickets.choices import SPOKEN
from tickets.models import Ticket

KIND = "slas.rehearsal"
STEP = 500  # tickets a transaction
PERMISSION, READING = "agreement.write", "agreement.read"


def start(asked: WhatIf, *, by: Actor, at: dt.datetime) -> Job:
    """Write down a rehearsal as a job of this caller; the door nudges the worker. Nothing but the job is ever written.

    Raises Forbidden (may not write agreements, or not this one), Invalid (a wrong field; no ticket of the period).
    """
    settings.require(by, PERMISSION, asked.customer_id or _any(by))
    whatif.check(asked)
    arguments = arguments_of(asked, by, at)
    total = tickets_of(asked, by).filter(id__lte=arguments["last"]).count()
    if not total:
        raise errors.Invalid(
            _("No ticket was received from %(first)s to %(last)s: choose another period.")
            % {"first": asked.first_on, "last": asked.last_on},
            errors={"opened_from": [_("No ticket was received in this period.")]},
        )
    return jobs.start(KIND, by=by, at=at, arguments=arguments, total=total)


def arguments_of(asked: WhatIf, by: Actor, at: dt.datetime) -> dict[str, Any]:
    """What the job keeps: what is asked, as of when all is judged, and the last ticket there is."""
    last = tickets_of(asked, by).order_by("-id").values_list("id", flat=True).first()
    return {**whatif.stored(asked), "judged_at": time.iso(at), "last": last or 0}


def run(job: Job, by: Actor) -> dict[str, Any]:
    """Replay the tickets of a job's period. Returns the result (docs/service-levels.md)."""
    with _scope(by):
        work = _Work(job, by)
    while work.take_step():
        pass
    return work.result()


class _Work:
    """One rehearsal under way: what was read once, and how far it is."""

    def __init__(self, job: Job, by: Actor):
        kept = dict(job.arguments)
        judged_at, self.last = time.find_instant(kept.pop("judged_at")), kept.pop("last")
        assert judged_at is not None  # `start` wrote it
        self.job, self.by, self.judged_at = job, by, judged_at
        self.asked = whatif.of(kept, by)
        customers = _customers(self.asked, by)
        terms = rules.Terms(customers, self.asked, judged_at)
        self.before, self.after = rules.AsAgreed(terms), rules.Changed(terms, self.asked)
        self.directory = Directory(customers, by, terms.judges, asks_items=terms.asks_items)
        self.phases = stories.phases()
        cursor = job.cursor or {"id": 0, "tally": None}
        self.cursor, self.tally = cursor["id"], Tally(cursor["tally"])

    def take_step(self) -> bool:
        """The next tickets; False where there are none."""
        with _scope(self.by) as here:
            rows = (
                tickets_of(self.asked, self.by).filter(id__gt=self.cursor, id__lte=self.last).order_by("id")
            )
            found = list(rows.values_list(*stories.columns())[:STEP])
            if not found:
                return False
            told = stories.read(found, self.judged_at, self.directory)
            recorded = {} if self.asked.is_always else _recorded(told, self.judged_at)
            for story in told:
                self._judge(story, recorded)
            self.cursor = found[-1][0]
            done = min(self.tally.data["tickets"], self.job.total or 0)
            jobs.advance(
                self.job, at=here.at, done=done, cursor={"id": self.cursor, "tally": self.tally.data}
            )
        return len(found) == STEP

    def result(self) -> dict[str, Any]:
        """What the job keeps."""
        data = {name: value for name, value in self.tally.data.items() if name != "rows"}
        return {**data, "rows": self.tally.rows(), "judged_at": time.iso(self.judged_at)}

    def _judge(self, story: Story, recorded: Recorded) -> None:
        before = replaying.replay(story, self.before, self.judged_at, self.phases)
        after = replaying.replay(story, self.after, self.judged_at, self.phases)
        if story.is_import:
            before, after = (self._known(story, one) for one in (before, after))
            if story.channel not in SPOKEN:
                self.tally.skip_answers()
        else:
            self.tally.compare(story, before, recorded)
        self.tally.take(story, before, after)

    def _known(self, story: Story, judged: list[Judged]) -> list[Judged]:
        """Imported history does not say when somebody was answered, unless it was said while he spoke."""
        if story.channel in SPOKEN:
            return [one for one in judged if one.metric != replaying.NEXT]
        return [one for one in judged if one.metric not in RESPONSES]


def _recorded(told: Sequence[Story], at: dt.datetime) -> dict[tuple[int, str, int], str | None]:
    """The verdicts of these tickets' customer clocks as they stood at an instant."""
    rows = Timer.objects.filter(
        customer_id__in={one.facts.customer_id for one in told},
        ticket_id__in=[one.ticket_id for one in told if not one.is_import],
        kind=AgreementKind.SLA,
        started_at__lte=at,
    )
    found: dict[tuple[int, str, int], str | None] = {}
    names = ("ticket_id", "metric", "cycle", "state", "due_at", "breached_at", "stopped_at")
    for ticket_id, metric, cycle, state, due_at, breached_at, stopped_at in rows.values_list(*names):
        missed = breached_at or (
            due_at if state == TimerState.RUNNING else None
        )  # the sweep comes a moment later
        if missed and missed < at:
            found[ticket_id, metric, cycle] = BREACHED
        else:
            found[ticket_id, metric, cycle] = MET if stopped_at and stopped_at <= at else None
    return found


def tickets_of(asked: WhatIf, by: Actor) -> QuerySet[Ticket]:
    """The tickets that were received in the period, of customers whose agreements the actor may write."""
    since, until = period_of(asked)
    rows = Ticket.objects.visible_to(by).filter(opened_at__gte=since, opened_at__lt=until)
    return rows.filter(customer_id__in=_customers(asked, by))


def period_of(asked: WhatIf) -> tuple[dt.datetime, dt.datetime]:
    """From and until when: in the customer's days, where it is about one customer, else in the provider's."""
    key = asked.customer_id
    rows = Customer.objects.filter(pk=key) if key else Customer.objects.filter(is_provider=True)
    zone = zoneinfo.ZoneInfo(rows.values_list("time_zone", flat=True).first() or "UTC")
    since, until = (
        dt.datetime.combine(day, dt.time(), zone)
        for day in (asked.first_on, asked.last_on + dt.timedelta(days=1))
    )
    return since, until


def _customers(asked: WhatIf, by: Actor) -> list[int]:
    return [one for one in stories.customers_of(by, PERMISSION) if asked.customer_id in (None, one)]


def _any(by: Actor) -> int:
    """A customer at whom the actor may, if there is one."""
    return next(iter(stories.customers_of(by, PERMISSION)), 0)


def _scope(by: Actor) -> Any:
    return scoping.scope(by.customers, compartments=by.compartments, caller=by.key)


RUNNERS = {KIND: run}
