"""The one call of every door: clean what came, then carry out the process's action for this verb."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from core.actor import Actor
from tickets import inputs, policy, processes
from tickets.models import Ticket


def run(
    ticket: Ticket,
    verb: str,
    raw: Mapping[str, Any],
    *,
    by: Actor,
    at: dt.datetime,
    version: int | None = None,
) -> Ticket:
    """Carry out `verb` on a ticket with the raw values of a form or a JSON body. Returns the ticket as it stands.

    Raises NotFound (no such verb), Forbidden, Malformed (a value does not fit), and what the action raises.
    """
    process = processes.of(ticket)
    transition = process.workflow.transition(verb)
    policy.require(by, verb, ticket)
    values = inputs.clean(transition.fields, raw, by)
    if ticket.state not in transition.sources or any(
        one.required and not values.get(one.name) for one in transition.fields
    ):
        process.workflow.check(
            ticket, verb, **values
        )  # raises: with a sentence, before the action misses an argument
    return process.actions[verb](ticket, by=by, at=at, version=version, **values)
