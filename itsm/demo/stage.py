"""Plays the script: all lives in the order of time, with the sweeps of those days in between; mail is stored."""

import contextlib
import datetime as dt
import heapq
import secrets
from collections.abc import Callable, Iterator

from django.contrib.auth.hashers import make_password
from django.db import connection

from accounts import actors
from accounts.models import Person, Site, Team, User
from core import time
from core.actor import ALL, Actor
from customers import scoping
from customers.models import Customer
from itsm.demo.cast import Builder, Cast
from itsm.demo.script import DAYS, Script
from journal import recording
from journal.events import Event
from journal.models import Delivery, DeliveryState, Entry
from notifications import reading, rules
from notifications.choices import State
from notifications.models import Message
from slas import sweep
from tickets import tasks as waking
from tickets.models import Ticket

ACTOR = "Demo"
MARK = "demo"  # the request id on every entry of the demo: by it, what it made is found again
_TICK = dt.timedelta(seconds=8)  # the beat comes every fifteen seconds: half of that, on average
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
        cast = Builder(system, here.at - dt.timedelta(days=DAYS + 1), make_password(password)).build()
        cast.actors["monitoring"] = actors.of_service_account(cast.monitoring)
        stage = _Stage(here.at, tell)
        for event in rules.EVENTS:
            recording.subscribe(event, stage.hear)
        stage.run(Script(cast, here.at, seed, share).lives())
    return cast, password


class _Stage:
    """Takes the next step of whoever is next, with the sweeps that were due before it."""

    def __init__(self, now: dt.datetime, tell: Tell):
        self.now, self.tell = now, tell
        self.sweeper: Actor = actors.system("Clock sweep")
        self.owed: list[Event] = []
        self.mails: list[Message] = []
        self.rows = {model: dict(model.objects.in_bulk()) for model in (Customer, Person, Team, User, Site)}

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
            self._store_mail()
            done += 1
            self.tell(done)
        self._sweep_until(self.now)
        Message.objects.bulk_create(self.mails, batch_size=500)
        Delivery.objects.filter(state=DeliveryState.OPEN, entry__request_id=MARK).update(
            state=DeliveryState.DONE
        )

    def hear(self, event: Event) -> None:
        """A subscriber of what mail is owed for: with the ticket as it stands at that moment."""
        self.owed.append(event)

    def _sweep_until(self, at: dt.datetime) -> None:
        """Every sweep that found something to do before `at`, at its moment."""
        while (due := self._next_sweep()) is not None and due[0] + _TICK < at:
            with time.frozen(due[0] + _TICK):
                waking.wake() if due[1] else sweep.sweep(self.sweeper)
            self._store_mail()

    def _next_sweep(self) -> tuple[dt.datetime, bool] | None:
        """When a sweep has something to do next, and whether that is to wake a scheduled hold."""
        with connection.cursor() as cursor:
            cursor.execute(_NEXT)
            clock, hold = cursor.fetchone()
        both = [(clock, False), (hold, True)]
        return min((one for one in both if one[0] is not None), default=None)

    def _store_mail(self) -> None:
        """What was owed to mail by the last step becomes mail of its own day, and is never sent."""
        heard, self.owed = self.owed, []
        if not heard:
            return
        entries = Entry.objects.order_by("-id")[: len(heard) + 3]
        by_key = {(one.name, one.subject_id, one.at): one for one in entries}
        for event in heard:
            entry = by_key.get((event.name, event.subject.pk, event.at))
            if entry is not None:
                self.mails += reading.messages(entry, self._known(event.subject), state=State.STORED)

    def _known(self, ticket: Ticket) -> Ticket:
        """The ticket with the people around it, without asking the database for each."""
        for name, model in (
            ("customer", Customer),
            ("requester", Person),
            ("team", Team),
            ("assignee", User),
        ):
            key = getattr(ticket, f"{name}_id")
            setattr(ticket, name, self.rows[model].get(key))
        if ticket.requester:
            ticket.requester.user = self.rows[User].get(ticket.requester.user_id)
            ticket.requester.site = self.rows[Site].get(ticket.requester.site_id)
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
