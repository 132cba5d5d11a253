"""A month of Acme in London, made by hand: every clock of it is known, with those on the edges of the month."""

import dataclasses
import datetime as dt

import pytest

from accounts import settings as accounts_settings
from incidents import actions as incidents
from reporting import actions as reporting
from reporting import queries
from reporting.models import ServiceReport
from slas import sweep
from tests.places import NOON, SYSTEM, World, report
from tests.slas.conftest import Levels, everywhere_at, make_levels
from tickets import actions as tickets
from tickets.models import Ticket

OVER = dt.datetime(2026, 12, 1, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def levels(world: World) -> Levels:
    return make_levels(world)


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> dt.datetime:
    """An instant of 2026, in UTC, which is London's time in winter."""
    return dt.datetime(2026, month, day, hour, minute, tzinfo=dt.UTC)


@dataclasses.dataclass
class Month:
    """November 2026 of Acme. Gold promises priority 3 an answer in 4 h and a solution in 16 h of 09:00 to 17:00."""

    world: World
    levels: Levels
    tickets: dict[str, Ticket]

    @property
    def lead(self):
        """Who answers for service levels here."""
        return self.world.actor(self.world.administrator)

    def draft(self, now: dt.datetime = OVER) -> ServiceReport:
        return reporting.create(self.world.acme.customer, by=self.lead, at=now, month="2026-11")

    def issued(self, now: dt.datetime = OVER) -> ServiceReport:
        return self.issued_from(self.draft(now), now)

    def issued_from(self, draft: ServiceReport, now: dt.datetime = OVER) -> ServiceReport:
        return reporting.issue(draft, by=self.lead, at=now)

    def figures(self, found: ServiceReport, now: dt.datetime = OVER) -> queries.Edition:
        return queries.edition(queries.get_report(found.pk, self.lead), now)


@pytest.fixture
def november(world: World, levels: Levels) -> Month:
    """The month, made inside a scope over all customers."""
    return make_november(world, levels)


def make_november(world: World, levels: Levels) -> Month:
    """Six incidents of priority 3: answered and solved in time, answered late, never answered, cancelled, held, and
    one of Beta's that nobody here may see."""
    accounts_settings.change(world.acme.customer, by=SYSTEM, at=NOON, fields={"time_zone": "Europe/London"})
    world.acme.customer.refresh_from_db()
    agent = world.actor(world.agent)
    made = {}

    def open_(name: str, when: dt.datetime) -> Ticket:
        made[name] = report(world.acme, title=name, at=when)
        return made[name]

    def answer(one: Ticket, when: dt.datetime) -> None:
        tickets.reply(one, by=agent, at=when, body="We are on it.")

    def solve(one: Ticket, when: dt.datetime) -> None:
        incidents.resolve(one, by=agent, at=when, code="fixed", note="Restarted.")

    good = open_("good", at(18, 12))
    answer(good, at(18, 13))
    solve(good, at(18, 15))
    late = open_("late", at(18, 12))
    _sweep(at(18, 16, 30))
    answer(late, at(18, 16, 45))
    solve(late, at(18, 16, 50))
    open_("silent", at(23, 9))
    cancelled = open_("cancelled", at(24, 9))
    incidents.cancel(cancelled, by=agent, at=at(24, 10), reason="Raised twice")
    held = open_("held", at(24, 9))
    answer(held, at(24, 10))
    tickets.hold(held, by=agent, at=at(24, 10), reason="customer", message="Which version?")
    tickets.resume(held, by=agent, at=at(26, 16))
    solve(held, at(26, 16, 30))
    report(world.beta, at=at(18, 12))
    _sweep(at(27, 9))
    return Month(world, levels, made)


def _sweep(now: dt.datetime) -> None:
    with everywhere_at(now):
        sweep.sweep(SYSTEM)
