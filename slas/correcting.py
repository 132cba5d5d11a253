"""What is said about a clock afterwards: why its target was missed, and time that two people agree not to count.

A correction never edits what was measured. It is a segment of its own: the clock is reckoned anew as if it had been
paused in that stretch (clocks.md, Moves), and only so can a breach go.
"""

import dataclasses
import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from accounts import settings
from accounts.models import ServiceAccount
from core import errors
from core.actor import Actor, ActorKind
from journal import recording
from slas import clocks, events, reckoning
from slas.choices import BreachCategory, SegmentKind, Verdict
from slas.clocks import Clocks
from slas.models import BreachCause, Correction, Segment, Timer
from slas.reckoning import Mark, Stretch
from tickets import locking
from tickets.models import Ticket

PERMISSION = "agreement.write"
EXPLAINS = "ticket.work"
MOST = 500  # letters of a reason


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a correction does, or would do: the business time that it takes away, and the verdict after it."""

    given: dt.timedelta
    breached_at: dt.datetime | None
    due_at: dt.datetime | None


def ask_correction(
    timer: Timer, *, by: Actor, at: dt.datetime, from_at: dt.datetime, to_at: dt.datetime, reason: str
) -> Correction:
    """Ask that a stretch of a clock's time shall not count (8.3.3); a second person decides.

    Raises Forbidden, Invalid (no reason, a stretch in which nothing counted, one that lies in the future or meets
    another correction). Records sla.correction_asked.
    """
    settings.require(by, PERMISSION, timer.customer_id)
    with locking.locked(timer.ticket):
        _check_reason(reason)
        _check_stretch(timer, (from_at, to_at), at)
        correction = Correction.objects.create(
            customer_id=timer.customer_id, compartment=timer.compartment, timer=timer, from_at=from_at, to_at=to_at,
            reason=reason.strip(), asked_by=by.key, asked_label=by.label[:200], asked_at=at,
        )  # fmt: skip
        asked = events.CorrectionAsked(
            **_about(timer, by, at), from_at=from_at, to_at=to_at, reason=correction.reason
        )
        recording.record(asked)
    return correction


def approve_correction(correction: Correction, *, by: Actor, at: dt.datetime, note: str = "") -> Correction:
    """Agree to a correction that somebody else asked for: a new segment of the clock, and its verdict anew (8.3.3).

    Raises Forbidden (also for who asked), Conflict (it is decided), Invalid. Records sla.corrected.
    """
    with locking.locked(correction.timer.ticket) as ticket:
        row = _deciding(correction, by)
        own = Clocks(ticket, by=by)
        timer = next(one for one in own.timers if one.pk == row.timer_id)
        before = timer.breached_at
        _check_stretch(timer, (row.from_at, row.to_at), at, beside=row)
        given = own.correct(timer, (row.from_at, row.to_at), at=at, reason=row.reason)
        own.write()
        row.seconds = round(given.total_seconds())
        _decide(row, Verdict.APPROVED, by, at, note)
        recording.record(
            events.Corrected(
                **_about(timer, by, at), asked_by=row.asked_label, from_at=row.from_at, to_at=row.to_at,
                seconds=row.seconds, reason=row.reason, breached_before=before, breached_after=timer.breached_at,
            )
        )  # fmt: skip
    return row


def decline_correction(correction: Correction, *, by: Actor, at: dt.datetime, reason: str) -> Correction:
    """Do not agree to a correction that somebody else asked for: nothing of the clock changes.

    Raises Forbidden (also for who asked), Conflict (it is decided), Invalid (no reason). Records
    sla.correction_declined.
    """
    with locking.locked(correction.timer.ticket):
        row = _deciding(correction, by)
        _check_reason(reason)
        _decide(row, Verdict.DECLINED, by, at, reason)
        said = events.CorrectionDeclined(
            **_about(row.timer, by, at), asked_by=row.asked_label, reason=row.note
        )
        recording.record(said)
    return row


def explain_breach(
    timer: Timer, *, by: Actor, at: dt.datetime, cause: str, category: str = "", is_disputed: bool = False
) -> BreachCause:
    """Say why a target was missed, or that this is disputed (8.3.3). The newest explanation of a clock counts.

    Raises Forbidden, Invalid (no words, no breach, an unknown category). Records sla.breach_explained.
    """
    settings.require(by, EXPLAINS, timer.customer_id)
    with locking.locked(timer.ticket):
        if not Timer.objects.filter(pk=timer.pk, breached_at__isnull=False).exists():
            raise errors.Invalid(_("This target was not missed: there is nothing to explain."))
        if not cause.strip() or len(cause) > MOST:
            raise errors.required("cause", _("Say in up to 500 letters why the target was missed."))
        if category and category not in BreachCategory.values:
            raise errors.required(
                "category", _("Choose one of: %(known)s.") % {"known": ", ".join(BreachCategory.values)}
            )
        row = BreachCause.objects.create(
            customer_id=timer.customer_id, compartment=timer.compartment, timer=timer, category=category,
            text=cause.strip(), is_disputed=is_disputed, by_label=by.label[:200], at=at,
        )  # fmt: skip
        said = events.BreachExplained(
            **_about(timer, by, at), cause=row.text, category=category, is_disputed=is_disputed
        )
        recording.record(said)
    return row


def preview(correction: Correction, at: dt.datetime) -> Outcome:
    """What the clock would be with a correction that waits. Writes nothing."""
    return _outcome(correction.timer, (correction.from_at, correction.to_at), at)


def _outcome(timer: Timer, without: Stretch, at: dt.datetime) -> Outcome:
    marks = clocks.marks_of(list(Segment.objects.filter(timer=timer).order_by("id")))
    plain = reckoning.live(marks)
    last = marks[-1]
    at = reckoning.effective(plain.reading, at)
    mark = Mark(at=at, kind=SegmentKind.CORRECTED, target=last.target, hours=last.hours, without=without)
    life = reckoning.live([*marks, mark])
    given = reckoning.used_by(plain.reading, at) - life.reading.used
    return Outcome(given, life.breached_at, life.reading.due_at)


def _check_reason(reason: str) -> None:
    if not reason.strip() or len(reason) > MOST:
        raise errors.required("reason", _("Give a reason of up to 500 letters."))


def _check_stretch(timer: Timer, without: Stretch, at: dt.datetime, beside: Correction | None = None) -> None:
    begin, end = without
    first = Segment.objects.filter(timer=timer).order_by("id").values_list("from_at", flat=True)[0]
    if begin >= end:
        raise errors.required("to_at", _("The stretch ends before it begins."))
    if begin < first:
        raise errors.required("from_at", _("The clock did not run yet at that time."))
    if end > at:
        raise errors.required("to_at", _("Time that has not passed yet cannot be corrected."))
    rivals = Correction.objects.filter(timer=timer, from_at__lt=end, to_at__gt=begin)
    rivals = rivals.exclude(verdict=Verdict.DECLINED).exclude(pk=beside.pk if beside else None)
    if rivals.exists():
        raise errors.required("from_at", _("Another correction of this clock meets this stretch."))
    if _outcome(timer, without, at).given <= dt.timedelta(0):
        raise errors.required(
            "from_at", _("Nothing of this stretch counted: the clock was closed or paused.")
        )


def _deciding(correction: Correction, by: Actor) -> Correction:
    """The correction, locked, once it is sure that this person may decide it."""
    settings.require(by, PERMISSION, correction.customer_id)
    row = (
        Correction.objects.select_for_update(of=("self",))
        .select_related("timer__ticket")
        .get(pk=correction.pk)
    )
    if row.verdict:
        raise errors.Conflict(
            _("This correction was decided already, by %(who)s.") % {"who": row.decided_label}
        )
    if not by.is_human or row.asked_by in _keys_of(by):
        raise errors.Forbidden(_("A second person decides: somebody other than who asked for it."))
    return row


def _keys_of(by: Actor) -> set[str]:
    """As whom this person may have asked: himself, or a program that answers to him."""
    programs = ServiceAccount.objects.filter(owner_id=by.user_id).values_list("id", flat=True)
    return {by.key, *(f"{ActorKind.SERVICE_ACCOUNT}:{one}" for one in programs)}


def _decide(row: Correction, verdict: Verdict, by: Actor, at: dt.datetime, note: str) -> None:
    row.verdict, row.note = verdict, note.strip()[:MOST]
    row.decided_by, row.decided_label, row.decided_at = by.key, by.label[:200], at
    row.save()


def _about(timer: Timer, by: Actor, at: dt.datetime) -> dict[str, Any]:
    ticket: Ticket = timer.ticket
    return {"subject": ticket, "by": by, "at": at, "timer_id": timer.pk, "metric": timer.metric}
