"""Clocks that run move to a new version of their agreement where it says so, when its first day has come."""

import datetime as dt
import logging

from django.db import connection

from core.actor import Actor
from customers import scoping
from slas import matching
from slas.choices import Cause, SegmentKind
from slas.clocks import Clocks
from slas.matching import Choice
from tickets import locking
from tickets.models import Ticket

logger = logging.getLogger(__name__)

MOST = 500  # tickets in one go: the next sweep goes on

# Version by version: few say so, and the clocks behind one stand together in the index. Days are local, as
# `matching` has them: a version that has not begun there would choose the old target again at every sweep.
_BEHIND = """
    SELECT t.ticket_id, v.agreement_id, v.number FROM slas_agreementversion v
      JOIN calendars_calendar k ON k.id = v.calendar_id LEFT JOIN customers_customer c ON c.id = v.customer_id
     CROSS JOIN LATERAL (SELECT (%(at)s AT TIME ZONE COALESCE(c.time_zone, k.time_zone))::date AS today) d
     CROSS JOIN LATERAL (
        SELECT ticket_id FROM slas_timer
         WHERE agreement_id = v.agreement_id AND agreement_version < v.number AND state IN ('running', 'paused')
         ORDER BY agreement_id, agreement_version, id LIMIT %(most)s
    ) t WHERE v.moves_running AND v.state = 'agreed' AND COALESCE(v.valid_from, d.today) <= d.today
          AND COALESCE(v.valid_to, d.today) >= d.today
    LIMIT %(most)s
"""


def follow(by: Actor) -> tuple[int, int]:
    """Move what is behind, each ticket in a transaction of its own. Returns (clocks moved, tickets that failed)."""
    with scoping.scope(by.customers, compartments=by.compartments) as here, connection.cursor() as cursor:
        cursor.execute(_BEHIND, {"most": MOST, "at": here.at})
        behind = {ticket: (agreement, number) for ticket, agreement, number in cursor.fetchall()}
    moved, failed = 0, 0
    for ticket_id, (agreement, number) in behind.items():
        try:
            with scoping.scope(by.customers, compartments=by.compartments) as here:
                moved += _move(by, Ticket.objects.get(pk=ticket_id), agreement, number, here.at)
        except Exception:
            logger.exception("clocks of ticket %s could not follow agreement %s", ticket_id, agreement)
            failed += 1
    return moved, failed


def _move(by: Actor, ticket: Ticket, agreement: int, number: int, now: dt.datetime) -> int:
    """Re-target the ticket's clocks under the agreement; one for which the new version has nothing keeps its target,
    and counts as seen."""
    moved = 0
    with locking.locked(ticket) as row:
        own = Clocks(row, by=by)
        behind = [
            one for one in own.left() if one.agreement_id == agreement and one.agreement_version < number
        ]
        chosen = {
            id(timer): choice for timer, choice in matching.choose_again(row, now, behind, own.versions())
        }
        for timer in behind:
            choice = chosen.get(id(timer))
            if choice is None or _is_behind(choice, agreement, number):
                own.note_version(timer, number)
                continue
            reason = (
                f"{timer.choice.get('agreement', '')} {timer.agreement_version} → {choice.target.version}"
            )
            own.mark(
                timer, SegmentKind.RETARGETED, at=now, cause=Cause.AGREEMENT, reason=reason, choice=choice
            )
            moved += 1
        own.write()
    return moved


def _is_behind(choice: Choice, agreement: int, number: int) -> bool:
    """Whether an older version of the same agreement is all that fits: to take it again would never end."""
    return choice.target.agreement_id == agreement and choice.target.version < number
