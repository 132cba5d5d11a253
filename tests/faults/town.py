"""A small town in which much is due at once: clocks around the clock, steps that warn, tell and give a ticket away."""

import datetime as dt

from accounts import actions as accounts
from accounts.models import Team
from core.actor import ALL
from customers import scoping
from slas import standards
from slas.drafts import AgreementDraft, StepDraft, TargetDraft
from tests import agreed
from tests.places import SYSTEM, World, build_world, report

HOUR = dt.timedelta(hours=1)
RESPONSE, SOLUTION = HOUR, 2 * HOUR


def build(tickets: int, *, over: dt.timedelta = HOUR, last_due: dt.timedelta = HOUR) -> World:
    """Commit the world, its targets and so many incidents, half of them Acme's, half Beta's.

    Their solutions were due one after the other within `over`, the last one `last_due` ago by the database's clock.
    """
    with scoping.scope(ALL) as here:
        world = build_world(here.at - dt.timedelta(days=2))
        _agree(world, here.at - dt.timedelta(days=1))
        first = here.at - last_due - over - SOLUTION
        for number in range(tickets):
            side = (world.acme, world.beta)[number % 2]
            received = first + over * number / max(tickets - 1, 1)
            report(side, at=received, title=f"Fault {number:02}")
    return world


def _agree(world: World, at: dt.datetime) -> None:
    team = accounts.create_team(
        Team(slug="second-line", name="Second line"), by=SYSTEM, at=at, members=[world.lead]
    )
    week = standards.AROUND_THE_CLOCK
    hours = standards.calendar("Around the clock", by=SYSTEM, at=at, week=week)
    warned = (StepDraft(percent=75, notify=("assignee", "team")),)
    given = (
        StepDraft(percent=50, notify=("lead",), reassign_to=team),
        StepDraft(percent=75, notify=("team",)),
        StepDraft(percent=100, notify=("team",)),
    )
    targets = [
        TargetDraft(metric="first_response", seconds=RESPONSE.seconds, steps=warned),
        TargetDraft(metric="resolution", seconds=SOLUTION.seconds, pauses_on=("customer",), steps=given),
    ]
    for side in (world.acme, world.beta):
        draft = AgreementDraft(
            customer=side.customer, name=f"Gold of {side.customer.slug}", calendar=hours, targets=targets
        )
        agreed.agree(draft, at=at)
    standards.best_effort(by=SYSTEM, at=at, hours=hours)
