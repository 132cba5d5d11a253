"""Where a new ticket goes: the first rule whose conditions hold, else where it was put; then, within the team, to whom.

Called once for each ticket that is opened, in its own transaction (itsm/wiring.py, before the clocks start: a rule
may set the priority by which they run). What was decided is one row, Decision, and where something changed one entry.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts import absences
from accounts.choices import Distribution
from accounts.models import Team, User
from automation import events, queries
from automation.choices import Method
from automation.models import Decision, Rotation, Rule
from core.actor import ALL, Actor, ActorKind, Side
from core.actor import system as system_actor
from journal import recording
from tickets import people, reference, writing
from tickets.models import Ticket


@dataclass
class _Placing:
    """What is found out on the way to one decision."""

    rule: Rule | None = None
    distribution: str = ""


def place(ticket: Ticket, *, text: str, at: dt.datetime) -> Decision:
    """Decide where this new ticket goes, and write it down. What its opener chose himself is left alone.

    `text` is what the reporter wrote. Records `<kind>.routed` where a rule or a team's turn changed something.
    """
    before = (ticket.team_id, ticket.assignee_id, ticket.priority)
    found = _Placing(rule=_first_rule(ticket, text))
    if found.rule:
        _carry_out(found.rule, ticket)
    if ticket.assignee_id is None and ticket.team and ticket.team.distribution != Distribution.MANUAL:
        found.distribution = _share_out(ticket, ticket.team, at)
    if (ticket.team_id, ticket.assignee_id, ticket.priority) != before:
        _say(ticket, found, before, at)
    return _decide(ticket, found, at)


def holds(rule: Rule, ticket: Ticket, text: str) -> bool:
    """Whether all conditions of a rule hold for a ticket."""
    return (
        rule.customer_id in (None, ticket.customer_id)
        and rule.service_id in (None, ticket.service_id)
        and rule.category_id in (None, ticket.category_id)
        and (not rule.priorities or ticket.priority in rule.priorities)
        and (not rule.channels or ticket.channel in rule.channels)
        and _has_word(rule.words, f"{ticket.title}\n{text}")
    )


def actor_of(rule: Rule) -> Actor:
    """The rule as who acts: named in entries and in the history."""
    return Actor(ActorKind.RULE, rule.pk, rule.name, Side.SYSTEM, customers=ALL)


def _has_word(words: str, text: str) -> bool:
    wanted = [one.strip().casefold() for one in words.split(",") if one.strip()]
    return not wanted or any(one in text.casefold() for one in wanted)


def _first_rule(ticket: Ticket, text: str) -> Rule | None:
    return next((one for one in queries.rules_in_order() if holds(one, ticket, text)), None)


def _carry_out(rule: Rule, ticket: Ticket) -> None:
    """The rule's effects, as far as the opener left them open and the row still allows them."""
    if rule.set_priority and ticket.priority_override is None:
        ticket.priority_override = rule.set_priority
        reference.judge(ticket)
    if "team" not in ticket.chosen and "assignee" not in ticket.chosen:
        team = rule.set_team
        if team and team.is_active and team.customer_id in (None, ticket.customer_id):
            ticket.team = team
        if rule.set_assignee and people.works_for(rule.set_assignee, ticket.customer_id):
            ticket.assignee = rule.set_assignee


def _share_out(ticket: Ticket, team: Team, at: dt.datetime) -> str:
    """Give the ticket to a member who is present, by the team's way. Returns that way, or nothing if nobody is."""
    Rotation.objects.get_or_create(team=team)
    turn = Rotation.objects.select_for_update().get(team=team)  # one ticket of a team at a time
    there = present(team, ticket.customer_id, at)
    if not there:
        return ""
    if team.distribution == Distribution.LEAST_LOADED:
        chosen = least_loaded(there, load(there))
    else:
        chosen = next((one for one in there if one.pk > (turn.last_user_id or 0)), there[0])
    ticket.assignee = chosen
    turn.last_user_id = chosen.pk
    turn.save(update_fields=["last_user_id"])
    return str(team.distribution)


def present(team: Team, customer_id: int, at: dt.datetime) -> list[User]:
    """The members who can sign in, work for this customer and are not away today; by id."""
    members = people.workers(User.objects.filter(memberships__team=team), customer_id)
    found = list(members.order_by("pk"))
    away = absences.away([one.pk for one in found], at)
    return [one for one in found if one.pk not in away]


def load(users: Iterable[User]) -> dict[int, int]:
    """How many open tickets each of these logins has in hand, at all customers: counts, no tickets."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id, tickets FROM itsm_open_load(%s)", [[one.pk for one in users]])
        return dict(cursor.fetchall())


def least_loaded(there: list[User], held: Mapping[int, int]) -> User:
    """Of these logins the one with the fewest tickets in hand; of equals the one who came first."""
    return min(there, key=lambda one: (held.get(one.pk, 0), one.pk))


def _say(ticket: Ticket, found: _Placing, before: tuple[Any, ...], at: dt.datetime) -> None:
    by = actor_of(found.rule) if found.rule else system_actor(str(ticket.team))
    writing.save(ticket, by=by, at=at, verb="route")
    recording.record(
        events.Routed(
            subject=ticket, by=by, at=at, team=_label(ticket.team), assignee=_label(ticket.assignee),
            priority=ticket.priority if ticket.priority != before[2] else None,
            rule=found.rule.name if found.rule else None, rule_id=found.rule.pk if found.rule else None,
            distribution=found.distribution or None, assignee_id=ticket.assignee_id, team_id=ticket.team_id,
        )
    )  # fmt: skip


def _decide(ticket: Ticket, found: _Placing, at: dt.datetime) -> Decision:
    return Decision.objects.create(
        customer_id=ticket.customer_id, compartment=ticket.compartment, ticket=ticket, method=_method(ticket, found),
        rule=found.rule, distribution=found.distribution, team_id=ticket.team_id, assignee_id=ticket.assignee_id, at=at,
    )  # fmt: skip


def _method(ticket: Ticket, found: _Placing) -> str:
    if found.rule:
        return Method.RULE
    if ticket.chosen:
        return Method.CHOSEN
    return Method.TRIAGE if ticket.team and ticket.team.is_triage else Method.SERVICE


def _label(row: Team | User | None) -> str | None:
    return str(row) if row else None
