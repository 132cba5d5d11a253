"""Plays the script: all lives in the order of time, with the sweeps of those days in between; mail is stored."""

import contextlib
import datetime as dt
import heapq
import secrets
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.contrib.auth.hashers import make_password
from django.db import connection

from accounts import actors
from accounts.models import Person, Site, Team, User
from core import time
from core.actor import ALL, Actor
from customers import scoping
from customers.models import Customer
from itsm.demo import prepared
from itsm.demo.cast import Builder, Cast
from itsm.demo.script import DAYS, Script
from journal import recording
from journal.events import Event
from journal.models import Delivery, DeliveryState, Entry
from notifications import reading, rules
from notifications.choices import State
from notifications.models import Message
from slas import sweep
from tickets import events
from tickets import tasks as waking
from tickets.models import Ticket

ACTOR = "Demo"
MARK = "demo"  # the request id on every entry of the demo: by it, what it made is found again
_TICK = dt.timedelta(seconds=8)  # the beat comes every fifteen seconds: half of that, on average
_BEGINNINGS = (events.Opened, events.Resumed, events.Reopened, events.Changed, events.Held)
_NEXT = """
    SELECT (SELECT min(next_at) FROM slas_timer WHERE next_at IS NOT NULL),
           (SELECT min(hold_until) FROM tickets_ticket WHERE phase = 'waiting' AND hold_kind = 'scheduled')
"""
_WORDS = (
    "harbour",
    "lantern",
    "meadow",
    "copper",
    "juniper",
    "granite",
    "willow",
    "falcon",
    "amber",
    "cobalt",
)


Tell = Callable[[int], None]  # how many steps have been taken


def play(seed: int, *, tell: Tell, share: float = 1.0) -> tuple[Cast, str]:
    """Make the cast and play the script in one transaction: all or nothing. Returns the cast and the password."""
    password = f"{secrets.choice(_WORDS)}-{secrets.choice(_WORDS)}-{secrets.randbelow(9000) + 1000}"
    system = actors.system(ACTOR)
    with scoping.scope(ALL, compartments=system.compartments) as here, _quietly():
        began, encoded = here.at - dt.timedelta(days=DAYS + 1), make_password(password)
        cast = Builder(system, began, encoded).build()
        prepared.build(cast, by=system, at=began, encoded_password=encoded)
        cast.actors["monitoring"] = actors.of_service_account(cast.monitoring)
        stage = _Stage(here.at, tell)
        recording.subscribe(Event, stage.hear)
        stage.run(Script(cast, here.at, seed, share).lives())
    return cast, password


class _Stage:
    """Takes the next step of whoever is next, with the sweeps that were due before it."""

    def __init__(self, now: dt.datetime, tell: Tell):
        self.now, self.tell = now, tell
        self.sweeper: Actor = actors.system("Clock sweep")
        self.owed: list[Event] = []
        self.next_sweep: _Sweep | None = None
        self.is_known = False  # whether `next_sweep` can still be the first: nothing has begun to run since

    def run(self, lives: Iterator[Iterator[dt.datetime]]) -> None:
        """Play all lives up to now."""
        due = [(next(life), number, life) for number, life in enumerate(lives)]
        heapq.heapify(due)
        done = 0
        while due and due[0][0] <= self.now:
            at, number, life = heapq.heappop(due)
            self._sweep_until(at)
            following = next(life, None)  # takes the step of `at`
            if following is not None:
                heapq.heappush(due, (max(following, at), number, life))
            done += 1
            self.tell(done)
        self._sweep_until(self.now)
        self._store_mail()

    def hear(self, event: Event) -> None:
        """A subscriber: notes what mail is owed for, with the ticket as it stands, and that a clock may have begun."""
        if isinstance(event, rules.EVENTS):
            self.owed.append(event)
        if isinstance(event, _BEGINNINGS):
            self.is_known = False

    def _sweep_until(self, at: dt.datetime) -> None:
        """Every sweep that found something to do before `at`, at its moment."""
        while (due := self._due_before(at - _TICK)) is not None:
            with time.frozen(due.at + _TICK):
                waking.wake() if due.is_hold else sweep.sweep(self.sweeper)
            self.is_known = False

    def _due_before(self, at: dt.datetime) -> "_Sweep | None":
        if not self.is_known or (self.next_sweep is not None and self.next_sweep.at < at):
            self.next_sweep, self.is_known = _first_sweep(), True
        is_due = self.next_sweep is not None and self.next_sweep.at < at
        return self.next_sweep if is_due else None

    def _store_mail(self) -> None:
        """What was owed to mail becomes mail of its own day, and is never sent."""
        rows = {model: dict(model.objects.in_bulk()) for model in (Customer, Person, Team, User, Site)}
        entries = Entry.objects.filter(request_id=MARK).order_by("id")
        by_key = {(one.name, one.subject_id, one.at): one for one in entries}
        mails: list[Message] = []
        for event in self.owed:
            entry = by_key[event.name, event.subject.pk, event.at]
            mails += reading.messages(entry, _known(event.subject, rows), state=State.STORED)
        Message.objects.bulk_create(mails, batch_size=500, ignore_conflicts=True)
        Delivery.objects.filter(state=DeliveryState.OPEN, entry__request_id=MARK).update(
            state=DeliveryState.DONE
        )


class _Sweep(NamedTuple):
    """When a sweep has something to do, and whether that is to wake a scheduled hold."""

    at: dt.datetime
    is_hold: bool


def _first_sweep() -> _Sweep | None:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT)
        clock, hold = cursor.fetchone()
    both = [_Sweep(clock, False), _Sweep(hold, True)]
    return min((one for one in both if one.at is not None), default=None)


def _known(ticket: Ticket, rows: dict[Any, dict[int, Any]]) -> Ticket:
    """The ticket with the people around it, without asking the database for each."""
    for name, model in (("customer", Customer), ("requester", Person), ("team", Team), ("assignee", User)):
        setattr(ticket, name, rows[model].get(getattr(ticket, f"{name}_id")))
    if ticket.requester:
        ticket.requester.user = rows[User].get(ticket.requester.user_id)
        ticket.requester.site = rows[Site].get(ticket.requester.site_id)
    return ticket


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Mark every entry as the demo's, and wake nobody: there is nothing left to do when this is over."""
    wiring = recording.wiring
    hooks, wiring.after_commit = wiring.after_commit, []
    subscribers, wiring.subscribers = wiring.subscribers, [*wiring.subscribers]
    token = recording.request_id.set(MARK)
    try:
        yield
    finally:
        wiring.after_commit, wiring.subscribers = hooks, subscribers
        recording.request_id.reset(token)
