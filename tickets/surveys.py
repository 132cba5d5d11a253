"""Asking how it went: who is asked, the link that needs no sign-in, and the answer (8.3.2, 9.1).

The link carries the answer's id with a signature: it opens a page with a button, and ends with the invitation.
"""

import datetime as dt
from typing import Any

from django.core import signing
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import settings
from accounts.models import Portal
from core import errors
from core.actor import Actor
from journal import recording
from tickets import events
from tickets.choices import Origin
from tickets.models import Answer, Survey, Ticket
from tickets.survey_events import Rated

OPEN_FOR = dt.timedelta(days=14)
SCORES = (1, 2, 3, 4, 5)
LONGEST_COMMENT = 5_000
_SALT = "tickets.survey"


def closed(event: events.Closed) -> None:
    """A closed ticket asks its requester once, where his customer wants it; closed anew, the same question is open
    again. Subscribed in the wiring."""
    ticket = event.subject
    person = ticket.requester
    if ticket.origin == Origin.IMPORT or person is None or not person.email or not person.is_active:
        return
    row = Answer.objects.filter(customer_id=ticket.customer_id, ticket=ticket).first()
    if row is not None:
        if row.answered_at is None:
            row.expires_at = event.at + OPEN_FOR
            row.save(update_fields=["expires_at"])
        return
    survey = survey_of(ticket.customer_id)
    if (
        survey.is_active
        and Portal.objects.filter(customer_id=ticket.customer_id, has_survey=False).count() == 0
    ):
        Answer.objects.create(
            customer_id=ticket.customer_id, compartment=ticket.compartment, ticket=ticket, question=survey.question,
            low_score=survey.low_score, invited_at=event.at, expires_at=event.at + OPEN_FOR,
        )  # fmt: skip


def survey_of(customer_id: int) -> Survey:
    """The customer's own question, else the installation's, else the house's own."""
    rows = Survey.objects.filter(customer_id=customer_id) | Survey.objects.filter(customer=None)
    return rows.order_by(F("customer_id").asc(nulls_last=True)).first() or Survey()


def question_of(row: Answer) -> str:
    """The question in the reader's language, where it is the house's own."""
    return row.question or _("How satisfied are you with the way we handled this?")


def is_open(row: Answer, at: dt.datetime) -> bool:
    """Whether it can still be answered."""
    return row.answered_at is None and row.expires_at > at


def find(ticket: Ticket) -> Answer | None:
    """The invitation of this ticket, answered or not."""
    return Answer.objects.filter(customer_id=ticket.customer_id, ticket=ticket).first()


def find_open(ticket: Ticket, at: dt.datetime) -> Answer | None:
    """The invitation of this ticket that can still be answered."""
    row = Answer.objects.filter(customer_id=ticket.customer_id, ticket=ticket).first()
    return row if row is not None and is_open(row, at) else None


def token_of(row: Answer) -> str:
    """The text in the link to this invitation; nobody can make one up."""
    return signing.Signer(salt=_SALT).sign(str(row.pk)).replace(":", ".")


def id_of(token: str) -> int | None:
    """The invitation behind a link's text; None for one that we did not sign."""
    try:
        return int(signing.Signer(salt=_SALT).unsign(token.replace(".", ":", 1)))
    except (signing.BadSignature, ValueError):
        return None


def answer(row: Answer, *, by: Actor, at: dt.datetime, score: int, comment: str = "") -> Answer:
    """Say how it went. Raises Forbidden (not his ticket), NotAllowed (answered already, or too late), Invalid (no
    score). Records `<kind>.rated`."""
    row = Answer.objects.select_for_update(of=("self",)).select_related("ticket__customer").get(pk=row.pk)
    if row.ticket.requester_id not in by.persons:
        raise errors.Forbidden(_("Only who asked for it says how it went."))
    if row.answered_at is not None:
        raise errors.NotAllowed(_("You have answered already. Thank you."))
    if not is_open(row, at):
        raise errors.NotAllowed(_("This question is closed: too much time has passed."))
    if score not in SCORES:
        raise errors.required("score", _("Choose one of the five answers."))
    row.score, row.answered_at, row.comment = score, at, comment.strip()[:LONGEST_COMMENT]
    row.save(update_fields=["score", "answered_at", "comment"])
    recording.record(Rated(subject=row.ticket, by=by, at=at, score=score, is_low=score <= row.low_score))
    return row


def create_survey(survey: Survey, *, by: Actor, at: dt.datetime, reason: str = "") -> Survey:
    """Ask a question of one's own. Raises Forbidden, Conflict. Records survey.created."""
    settings.require(by, "settings.write", survey.customer_id)
    return settings.create(survey, by=by, at=at, reason=reason)


def change_survey(
    survey: Survey,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    version: int | None = None,
    reason: str = "",
) -> Survey:
    """Change the question; what was asked stays as it was asked. Raises Forbidden, Stale. Records survey.changed."""
    settings.require(by, "settings.write", survey.customer_id)
    return settings.change(survey, by=by, at=at, fields=fields, version=version, reason=reason)
