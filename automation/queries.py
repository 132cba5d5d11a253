"""Named reads: which macros and texts fit a ticket, and what rules did."""

from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from automation.models import Decision, Macro, MacroUse, Rule, SavedText, TicketTemplate
from core.actor import Actor
from tickets.models import Ticket

TOP = 3
SHOWN = 50


def macros(actor: Actor) -> QuerySet:
    """The macros that this person may take, with what their preview names."""
    rows = Macro.objects.usable_by(actor).select_related(
        "user", "team", "set_team", "set_assignee", "set_category"
    )
    return rows.order_by("name", "id")


def macros_for(ticket: Ticket, actor: Actor, words: str = "") -> list[Macro]:
    """The macros that fit a ticket: the three used most on its service first (marked `is_top`), then by name."""
    rows = _with_words(macros(actor).for_customer(ticket.customer_id), words, ("name", "reply", "note"))
    found = list(rows[:SHOWN])
    top = top_macros(ticket, actor)
    for one in found:
        one.is_top = one.pk in top
    return sorted(found, key=lambda one: top.index(one.pk) if one.pk in top else TOP)


def top_macros(ticket: Ticket, actor: Actor) -> list[int]:
    """Ids of the macros used most on this ticket's service, most used first."""
    used = MacroUse.objects.of_customers(actor).filter(service_id=ticket.service_id, macro__is_active=True)
    counted = used.values("macro_id").annotate(times=Sum("uses")).order_by("-times", "macro_id")
    return [one["macro_id"] for one in counted[:TOP]]


def uses(actor: Actor, macro: Macro) -> int:
    """How often a macro was used, on tickets of the actor's customers."""
    return MacroUse.objects.of_customers(actor).filter(macro=macro).aggregate(n=Sum("uses"))["n"] or 0


def texts_for(ticket: Ticket, actor: Actor, words: str = "") -> list[SavedText]:
    """The saved texts that fit a ticket, by name."""
    rows = SavedText.objects.usable_by(actor).for_customer(ticket.customer_id)
    return list(_with_words(rows, words, ("name", "body")).order_by("name", "id")[:SHOWN])


def templates(actor: Actor) -> QuerySet:
    """The templates of new tickets that this person may take."""
    rows = TicketTemplate.objects.usable_by(actor)
    return rows.select_related("service", "category", "to_team", "to_user").order_by("name", "id")


def rules_in_order() -> list[Rule]:
    """The rules that are switched on and that this scope sees, in the order in which they are tried."""
    rows = Rule.objects.filter(is_on=True).select_related("set_team", "set_assignee")
    return list(rows.order_by("position", "id"))


def log_of(rule: Rule, actor: Actor, most: int = 50) -> list[Decision]:
    """The tickets that a rule placed, newest first."""
    rows = Decision.objects.visible_to(actor).filter(rule=rule)
    return list(rows.select_related("ticket", "team", "assignee").order_by("-id")[:most])


def last_tickets(actor: Actor, most: int) -> list[Ticket]:
    """The tickets opened last, with what rules look at: the ground of a dry run."""
    rows = Ticket.objects.visible_to(actor).filter(origin="live")
    return list(
        rows.select_related("service", "category", "team", "assignee", "customer").order_by("-id")[:most]
    )


def first_messages(tickets: list[Ticket], actor: Actor) -> dict[int, str]:
    """What each ticket's reporter wrote, by the ticket's id."""
    rows = Ticket.objects.visible_to(actor).filter(
        pk__in=[one.pk for one in tickets], messages__kind="opening"
    )
    found: dict[int, Any] = dict(rows.values_list("pk", F("messages__body")))
    return found


def _with_words(rows: QuerySet, words: str, columns: tuple[str, ...]) -> QuerySet:
    """Rows in which each word stands in one of the columns."""
    for word in words.split()[:8]:
        wanted = Q()
        for column in columns:
            wanted |= Q(**{f"{column}__icontains": word})
        rows = rows.filter(wanted)
    return rows
