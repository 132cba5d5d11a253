"""What a new installation starts with: usual business hours, and a best effort for every ticket without an agreement.

Made by the same actions that an administrator uses, and safe to call again: what is there stays as it is.
"""

import datetime as dt
from collections.abc import Iterable, Mapping

from calendars import actions as calendars
from calendars.models import Calendar
from core.actor import Actor
from slas import actions
from slas.choices import Metric
from slas.drafts import AgreementDraft, StepDraft, TargetDraft
from slas.models import Agreement
from tickets.choices import HoldKind

HOUR = 3_600
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
EVERY_DAY = (*WORKDAYS, "sat", "sun")
AROUND_THE_CLOCK = {day: [["00:00", "24:00"]] for day in EVERY_DAY}
OFFICE_HOURS = {day: [["09:00", "17:00"]] for day in WORKDAYS}
PAUSES = (HoldKind.CUSTOMER, HoldKind.SCHEDULED)

# Hours of business time by priority: to a first response, to a solution.
BEST_EFFORT = {1: (1, 8), 2: (2, 16), 3: (8, 40), 4: (16, 80)}

WARN_AND_TELL = (
    StepDraft(percent=75, notify=("assignee", "team")),
    StepDraft(percent=100, notify=("assignee", "lead")),
)


def targets(
    hours: Mapping[int, tuple[float, float]], *, steps: Iterable[StepDraft] = WARN_AND_TELL
) -> list[TargetDraft]:
    """Targets for a first response and a solution by priority, {priority: (hours, hours)}; solutions pause as usual."""
    found = []
    for priority, (response, resolution) in hours.items():
        for metric, value, pauses in (
            (Metric.FIRST_RESPONSE, response, ()),
            (Metric.RESOLUTION, resolution, PAUSES),
        ):
            found.append(
                TargetDraft(
                    metric=metric,
                    priority=priority,
                    seconds=round(value * HOUR),
                    pauses_on=pauses,
                    steps=tuple(steps),
                )
            )
    return found


def calendar(
    name: str,
    *,
    by: Actor,
    at: dt.datetime,
    time_zone: str = "UTC",
    week: dict[str, list[list[str]]] | None = None,
) -> Calendar:
    """The installation's calendar of this name, made where there is none; office hours unless `week` says otherwise."""
    found = Calendar.objects.filter(customer=None, name=name).first()
    if found is not None:
        return found
    new = Calendar(name=name, time_zone=time_zone)
    return calendars.create_calendar(
        new, by=by, at=at, week=week or OFFICE_HOURS, reason="Standard business hours"
    )


def best_effort(*, by: Actor, at: dt.datetime, hours: Calendar | None = None) -> Agreement:
    """The installation's default agreement, made where there is none: it matches every ticket."""
    found = Agreement.objects.filter(is_default=True).first()
    if found is not None:
        return found
    draft = AgreementDraft(
        customer=None,
        name="Best effort",
        calendar=hours or calendar("Office hours", by=by, at=at),
        targets=targets(BEST_EFFORT),
    )
    return actions.create_agreement(draft, by=by, at=at, reason="For tickets without an agreement")
