"""An agreement of Acme in London, a best effort for everybody, and hands to move a ticket with."""

import dataclasses
import datetime as dt

import pytest

from calendars import actions as calendars
from calendars.models import Calendar
from core import time
from core.actor import ALL, Actor
from customers import scoping
from incidents import actions as incidents
from slas import correcting, queries, standards
from slas.drafts import AgreementDraft, StepDraft, TargetDraft
from slas.models import Agreement, Timer
from tests import agreed
from tests.places import NOON, SYSTEM, World, report
from tickets import actions as tickets
from tickets.models import Ticket

HOUR = 3_600


@dataclasses.dataclass
class Levels:
    """What was agreed: Gold for Acme in London (09:00 to 17:00, no Fridays 20 November), best effort for the rest."""

    london: Calendar
    gold: Agreement
    best_effort: Agreement


def gold_targets(**steps) -> list[TargetDraft]:
    """A first response in 1, 2, 4, 8 hours, a solution in 4, 8, 16, 40, by priority."""
    found = []
    for priority, (response, resolution) in {1: (1, 4), 2: (2, 8), 3: (4, 16), 4: (8, 40)}.items():
        found.append(
            TargetDraft(
                metric="first_response",
                priority=priority,
                seconds=response * HOUR,
                steps=steps.get("response", (StepDraft(percent=75, notify=("assignee",)),)),
            )
        )
        found.append(
            TargetDraft(
                metric="resolution",
                priority=priority,
                seconds=resolution * HOUR,
                pauses_on=("customer", "scheduled"),
                steps=steps.get("resolution", standards.WARN_AND_TELL),
            )
        )
    return found


def make_levels(world: World, **steps) -> Levels:
    """Agree on the levels, inside a scope over all customers."""
    london = calendars.create_calendar(
        Calendar(name="London", time_zone="Europe/London"),
        by=SYSTEM,
        at=NOON,
        week=standards.OFFICE_HOURS,
        holidays=[{"date": "2026-11-20", "name": "Founders' day"}],
    )
    best_effort = standards.best_effort(by=SYSTEM, at=NOON)
    gold = agreed.agree(
        AgreementDraft(
            customer=world.acme.customer, name="Gold", calendar=london, targets=gold_targets(**steps)
        ),
        by=SYSTEM,
        at=NOON,
    )
    return Levels(london, gold, best_effort)


@pytest.fixture
def levels(world: World) -> Levels:
    return make_levels(world)


@dataclasses.dataclass
class Hands:
    """Moves one ticket of Acme at given instants, always as the person whose move it is."""

    world: World
    ticket: Ticket
    duplicate: Ticket | None = None

    @property
    def agent(self):
        return self.world.actor(self.world.agent)

    @property
    def requester(self):
        return self.world.actor(self.world.acme.requester)

    def reply(self, at: dt.datetime) -> None:
        tickets.reply(self.ticket, by=self.agent, at=at, body="We are on it.")

    def answer(self, at: dt.datetime) -> None:
        tickets.reply(self.ticket, by=self.requester, at=at, body="Here you are.")

    def hold(self, at: dt.datetime, reason: str = "customer", **given) -> None:
        message = "Which version is it?" if reason == "customer" else ""
        tickets.hold(self.ticket, by=self.agent, at=at, reason=reason, message=message, **given)

    def resume(self, at: dt.datetime) -> None:
        tickets.resume(self.ticket, by=self.agent, at=at)

    def prioritise(self, at: dt.datetime, priority: int | None) -> None:
        fields = {"priority": priority, "priority_reason": "As agreed on the phone"}
        tickets.change(self.ticket, by=self.agent, at=at, fields=fields)

    def resolve(self, at: dt.datetime) -> None:
        incidents.resolve(self.ticket, by=self.agent, at=at, code="fixed", note="Restarted the gateway.")

    def reopen(self, at: dt.datetime) -> None:
        incidents.reopen(self.ticket, by=self.requester, at=at)

    def cancel(self, at: dt.datetime) -> None:
        incidents.cancel(self.ticket, by=self.agent, at=at, reason="Raised twice")

    def absorb(self, at: dt.datetime, received_at: dt.datetime) -> Ticket:
        """Merge into it a duplicate that was received then; its own clocks are as their segments say too."""
        self.duplicate = report(self.world.acme, at=received_at)
        merged = tickets.merge(self.duplicate, by=self.agent, at=at, into=self.ticket)
        assert list(queries.differing(queries.timers_of(merged))) == []
        return merged

    def release(self, at: dt.datetime) -> None:
        if self.duplicate is not None:
            before, self.duplicate = self.duplicate, None
            tickets.unmerge(before, by=self.agent, at=at)

    def correct(self, at: dt.datetime, begin: dt.datetime, end: dt.datetime) -> None:
        """Two people agree that a stretch of the resolution clock shall not count."""
        asked = correcting.ask_correction(
            self.clock(), by=SYSTEM, at=at, from_at=begin, to_at=end, reason="Agreed on the phone"
        )
        correcting.approve_correction(asked, by=self.second, at=at)

    @property
    def second(self) -> Actor:
        """A person of the desk who may approve what the system asked for."""
        grants = {None: frozenset({"agreement.write"})}
        return dataclasses.replace(self.agent, grants=grants)

    def fresh(self) -> Ticket:
        return Ticket.objects.get(pk=self.ticket.pk)

    def clock(self, metric: str = "resolution") -> Timer:
        """The clock as it is stored, which must be what its segments give."""
        timer = next(one for one in queries.timers_of(self.ticket) if one.metric == metric)
        assert list(queries.differing([timer])) == []
        return timer


@pytest.fixture
def hands(world: World, levels: Levels) -> Hands:
    """An incident of Acme of priority 3, reported at noon on a Wednesday in the portal."""
    return Hands(world, report(world.acme))


def at(hour: int, minute: int = 0, second: int = 0, *, day: int = 18) -> dt.datetime:
    """An instant of November 2026: the 18th is a Wednesday, the 20th Acme's holiday, the 21st a Saturday."""
    return dt.datetime(2026, 11, day, hour, minute, second, tzinfo=dt.UTC)


def everywhere_at(instant: dt.datetime):
    """A scope over all customers at an instant, as the sweep opens it."""
    return _Everywhere(instant)


class _Everywhere:
    def __init__(self, instant: dt.datetime):
        self._frozen, self._scope = time.frozen(instant), None

    def __enter__(self):
        self._frozen.__enter__()
        self._scope = scoping.scope(ALL)
        return self._scope.__enter__()

    def __exit__(self, *error):
        self._scope.__exit__(*error)
        return self._frozen.__exit__(*error)
