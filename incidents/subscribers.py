"""What happens to a ticket, as its major incident takes it: in the ticket's own transaction."""

import datetime as dt

from incidents.choices import NoticeState, Occasion, Stage
from incidents.major import queries
from incidents.major.actions import telling
from incidents.models import MajorIncident
from tickets import events, writing


def resolved(event: events.Resolved) -> None:
    """Service is restored: everybody who was told hears it, and no more news is owed. The customers of linked tickets
    read the notice; their tickets are resolved one by one, each with its own words."""
    major = _of(event)
    if major is None:
        return
    _put(major, Stage.RESOLVED, event)
    texts = queries.words(event.subject, Occasion.RESOLVED, major.title, None)
    telling.tell(
        event.subject, major, texts, by=event.by, at=event.at, next_update_at=None,
        state=NoticeState.RESOLVED, in_conversations=False,
    )  # fmt: skip
    writing.touch(event.subject, at=event.at, update_due_at=None)


def reopened(event: events.Reopened) -> None:
    """It did not hold: the major incident goes on, and news is owed again."""
    major = _of(event)
    if major is None:
        return
    _put(major, Stage.DECLARED, event)
    promised = event.at + dt.timedelta(seconds=major.interval_seconds)
    texts = queries.words(event.subject, Occasion.UPDATE, major.title, promised)
    telling.tell(
        event.subject, major, texts, by=event.by, at=event.at, next_update_at=promised, in_conversations=False
    )
    writing.touch(event.subject, at=event.at, update_due_at=promised)


def _of(event: events.Moved) -> MajorIncident | None:
    return queries.find(event.subject) if event.subject.is_major else None


def _put(major: MajorIncident, stage: Stage, event: events.Moved) -> None:
    major.stage = stage
    writing.dated(major, by=event.by, at=event.at, verb=event.past)
    major.save()
