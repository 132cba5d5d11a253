"""Verify a caller: call back, a code by mail, the manager's word, in person. What was tried is on record too."""

import datetime as dt
import secrets
from typing import Any

from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.models import Person
from core import errors
from core.actor import Actor
from journal import recording
from tickets import locking, policy, processes, verification, work_events, writing
from tickets.choices import VerifyBy
from tickets.models import CallerVerification, Ticket, VerificationCode

CODE_MINUTES = 10
MOST_TRIES = 5
MOST_CODES = 5  # in an hour, for one ticket


def send_code(ticket: Ticket, *, by: Actor, at: dt.datetime, version: int | None = None) -> Ticket:
    """Send a one-time code to the requester's registered address; it works for ten minutes.

    Raises Forbidden, NotAllowed, Invalid (no requester, no address, too many codes), Stale.
    Records `<kind>.code_sent`, from which the mail is written.
    """
    with locking.locked(ticket, version) as row:
        policy.require(by, "send_code", row)
        processes.of(row).workflow.check(row, "send_code")
        person = _requester(row)
        if not person.email:
            raise errors.Invalid(
                _("No address is registered for %(name)s: verify in another way.") % {"name": person.name}
            )
        recent = row.codes.filter(customer_id=row.customer_id, sent_at__gt=at - dt.timedelta(hours=1))
        if recent.count() >= MOST_CODES:
            raise errors.Invalid(_("Five codes were sent within the hour: verify in another way."))
        code = VerificationCode.objects.create(
            customer_id=row.customer_id, compartment=row.compartment, ticket=row, person=person,
            nonce=secrets.token_hex(16), sent_at=at, expires_at=at + dt.timedelta(minutes=CODE_MINUTES),
        )  # fmt: skip
        writing.touch(row, at=at)
        recording.record(work_events.CodeSent(subject=row, by=by, at=at, person=person.name, code_id=code.pk))
    return row


def verify_caller(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    method: str,
    code: str = "",
    note: str = "",
    version: int | None = None,
) -> Ticket:
    """Write down that the requester is who he says, and how that was made sure. A wrong code is no refusal but an
    entry of its own, `<kind>.caller_not_verified`, so that its tries count.

    Raises Forbidden, NotAllowed, Invalid (no requester, no code that works any more), Stale.
    Records `<kind>.caller_verified`.
    """
    with locking.locked(ticket, version) as row:
        policy.require(by, "verify_caller", row)
        processes.of(row).workflow.check(row, "verify_caller", method=method)
        person = _requester(row)
        named: dict[str, Any] = {"person": person.name, "method": method}
        if method == VerifyBy.CODE and not _fits(row, person, code, at):
            recording.record(work_events.CallerNotVerified(subject=row, by=by, at=at, **named))
            row.told = _("That code is wrong: %(name)s is not verified.") % {"name": person.name}
            return row
        CallerVerification.objects.create(
            customer_id=row.customer_id, compartment=row.compartment, ticket=row, person=person, method=method,
            note=note.strip()[:300], at=at, by=by.label[:200],
        )  # fmt: skip
        writing.touch(row, at=at)
        recording.record(work_events.CallerVerified(subject=row, by=by, at=at, **named))
        row.told = _("%(name)s is verified.") % {"name": person.name}
    return row


def _requester(row: Ticket) -> Person:
    if row.requester is None:
        raise errors.Invalid(_("First say who called: the ticket has no requester."))
    return row.requester


def _fits(row: Ticket, person: Person, given: str, at: dt.datetime) -> bool:
    """Whether this is the newest code. Counts the try. Raises Invalid where none works any more."""
    codes = VerificationCode.objects.select_for_update().filter(customer_id=row.customer_id, ticket=row)
    newest = codes.filter(person=person).order_by("-id").first()
    if newest is None or newest.used_at or newest.expires_at <= at or newest.tries >= MOST_TRIES:
        raise errors.required(
            "code", _("No code works any more: it was used, tried too often, or is over ten minutes old.")
        )
    newest.tries += 1
    is_right = constant_time_compare(verification.code_of(newest), "".join(given.split()))
    newest.used_at = at if is_right else None
    newest.save()
    return is_right
