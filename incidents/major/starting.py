"""What the form of each verb starts with: the templates' words, the present roles, the draft of the report."""

import datetime as dt
from typing import Any

from incidents.choices import Occasion, Reach, UpdateAudience
from incidents.major import queries, report
from tickets.models import Ticket


def initial_of(verb: str, ticket: Ticket, at: dt.datetime) -> dict[str, Any]:
    """What the form of a verb starts with."""
    if verb == "declare_major":
        in_force, title = queries.procedure(), queries.title_for(ticket)
        until = _next(at, in_force.interval_seconds)
        first = queries.words(ticket, Occasion.FIRST, title, until).get(UpdateAudience.PUBLIC, "")
        return {"title": title, "reach": Reach.LINKED, "text": first, "next_update_at": until}
    major = queries.find(ticket)
    if major is None:
        return {}
    if verb == "post_update":
        until = _next(at, major.interval_seconds)
        texts = queries.words(ticket, Occasion.UPDATE, major.title, until)
        return {**texts, "stage": major.stage, "reach": major.reach, "next_update_at": until}
    if verb == "give_roles":
        ids = {name: getattr(major, f"{name}_id") for name in ("lead", "communications", "technical")}
        return {name: str(value or "") for name, value in ids.items()}
    if verb == "report_major" and not major.report:
        return {"report": report.draft(ticket, major, at), "impact": major.impact, "cause": major.cause}
    names = {"report_major": ("impact", "cause", "report"), "review_major": ("findings", "actions")}
    return {name: getattr(major, name) for name in names.get(verb, ())}


def _next(at: dt.datetime, seconds: int) -> dt.datetime:
    """The interval from now, on the minute."""
    return (at + dt.timedelta(seconds=seconds)).replace(second=0, microsecond=0)
