"""Handing several tickets to several people in one deed: each whole or left alone, each new owner told once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Team, User
from core import errors
from core.actor import Actor
from tickets.actions.assigning import KEEP, Keep, assign
from tickets.models import Ticket

MOST = 100  # in one deed


@dataclass(frozen=True)
class Move:
    """One ticket and who is to have it (None: nobody); `version` is the one that was seen."""

    ticket: Ticket
    assignee: User | None
    version: int | None = None
    team: Team | Keep | None = KEEP


@dataclass
class Outcome:
    """What came of it: tickets as they are now with who had them, and (number, sentence) of those left alone."""

    moved: list[tuple[Ticket, int | None]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def rebalance(moves: Iterable[Move], *, by: Actor, at: dt.datetime) -> Outcome:
    """Give each ticket to its new owner (8.6: who has it in hand is known at any time).

    One ticket's refusal (Forbidden, Stale, Invalid, NotAllowed) leaves that one alone and is said in the outcome.
    Raises Malformed (too many at once). Records `<kind>.assigned` for each that moved.
    """
    moves = list(moves)
    if len(moves) > MOST:
        text = ngettext("%(most)d ticket at once at most.", "%(most)d tickets at once at most.", MOST)
        raise errors.Malformed(text % {"most": MOST})
    outcome, together = Outcome(), _together(moves)
    for one in moves:
        mates = together[_place(one)]
        try:
            with transaction.atomic():
                done = assign(
                    one.ticket, by=by, at=at, assignee=one.assignee, team=one.team, version=one.version,
                    together=mates if one.assignee and len(mates) > 1 else None,
                )  # fmt: skip
        except errors.Refused as refusal:
            outcome.refused.append((one.ticket.number, refusal.detail))
        else:
            _note(outcome, one, done)
    return outcome


def _note(outcome: Outcome, move: Move, done: Ticket) -> None:
    was = move.ticket.assignee_id
    if done.assignee_id == was and isinstance(move.team, Keep):
        outcome.refused.append((done.number, _("It was in these hands already.")))
    else:
        outcome.moved.append((done, was))


def _together(moves: list[Move]) -> dict[tuple[int, int, int], list[str]]:
    """The numbers for one person of one customer: what one mail may list."""
    found: dict[tuple[int, int, int], list[str]] = defaultdict(list)
    for one in moves:
        found[_place(one)].append(one.ticket.number)
    return found


def _place(move: Move) -> tuple[int, int, int]:
    return move.ticket.customer_id, move.ticket.compartment, move.assignee.pk if move.assignee else 0
