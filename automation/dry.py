"""What a rule would have done with the tickets opened last: looked at, never carried out."""

from dataclasses import dataclass

from automation import queries, routing
from automation.models import Rule
from core.actor import Actor
from tickets.models import Ticket

GROUND = 200


@dataclass(frozen=True)
class Hit:
    """One ticket for which the rule's conditions hold; `changes` maps a field to [as it is, with the rule]."""

    number: str
    title: str
    changes: dict[str, list[str | None]]


@dataclass(frozen=True)
class DryRun:
    looked_at: int
    hits: list[Hit]


def run(rule: Rule, actor: Actor, most: int = GROUND) -> DryRun:
    """Try the conditions of one rule on the last tickets that the actor sees, newest first. Changes nothing."""
    tickets = queries.last_tickets(actor, most)
    texts = queries.first_messages(tickets, actor) if rule.words else {}
    hits = [one for one in tickets if routing.holds(rule, one, texts.get(one.pk, ""))]
    return DryRun(len(tickets), [Hit(one.number, one.title, _changes(rule, one)) for one in hits])


def _changes(rule: Rule, ticket: Ticket) -> dict[str, list[str | None]]:
    found: dict[str, list[str | None]] = {}
    if rule.set_team_id and rule.set_team_id != ticket.team_id:
        found["team"] = [str(ticket.team) if ticket.team else None, str(rule.set_team)]
    if rule.set_assignee_id and rule.set_assignee_id != ticket.assignee_id:
        found["assignee"] = [str(ticket.assignee) if ticket.assignee else None, str(rule.set_assignee)]
    if rule.set_priority and rule.set_priority != ticket.priority:
        found["priority"] = [f"P{ticket.priority}", f"P{rule.set_priority}"]
    return found
