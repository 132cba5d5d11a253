"""Post an update: one verb that tells every audience, and promises the next news."""

import datetime as dt

from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from incidents.choices import UpdateAudience
from incidents.major import events
from incidents.major.actions import telling
from incidents.models import MajorIncident
from journal import recording
from tickets import locking, policy, processes, writing
from tickets.models import Ticket


def post_update(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    public: str = "",
    desk: str = "",
    management: str = "",
    stage: str = "",
    reach: str = "",
    next_update_at: dt.datetime | None = None,
    version: int | None = None,
) -> Ticket:
    """Tell customers, the desk and top management how it stands, each in words of their own (8.6.1). A public text
    goes to the requesters of this ticket and of its open children, whose first response it is, and out as a notice.

    Raises Forbidden, NotAllowed, Invalid (no text, news promised for the past), Stale. Records incident.update_posted.
    """
    given = {
        UpdateAudience.PUBLIC.value: public.strip(),
        UpdateAudience.DESK.value: desk.strip(),
        UpdateAudience.MANAGEMENT.value: management.strip(),
    }
    texts = {name: text for name, text in given.items() if text}
    with locking.locked(ticket, version) as row:
        policy.require(by, "post_update", row)
        processes.of(row).workflow.check(row, "post_update")
        if not texts:
            raise errors.required("public", _("Write a text for at least one audience."))
        major = MajorIncident.objects.get(pk=row.pk, customer_id=row.customer_id)
        telling.check_reach(reach or major.reach, by)
        telling.check_promise(next_update_at, at)
        _move(major, stage=stage, reach=reach, by=by, at=at)
        promised = next_update_at or at + dt.timedelta(seconds=major.interval_seconds)
        told, linked = telling.tell(row, major, texts, by=by, at=at, next_update_at=promised)
        writing.touch(row, at=at, update_due_at=promised)
        recording.record(
            events.UpdatePosted(
                subject=row, by=by, at=at, next_update_at=promised, audiences=list(texts), stage=major.stage,
                told=told, children=linked,
            )
        )  # fmt: skip
    return row


def _move(major: MajorIncident, *, stage: str, reach: str, by: Actor, at: dt.datetime) -> None:
    wanted = {"stage": stage or major.stage, "reach": reach or major.reach}
    if wanted != {"stage": major.stage, "reach": major.reach}:
        major.stage, major.reach = wanted["stage"], wanted["reach"]
        writing.dated(major, by=by, at=at, verb="post_update")
        major.save()
