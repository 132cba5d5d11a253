"""When two people change one ticket: what the other one changed meanwhile, beside what this one wanted."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from desk import history
from tickets.models import Ticket


@dataclass(frozen=True)
class Merge:
    """What happened between the version a form was made from and now; `mine` are (label, theirs, mine)."""

    sentence: str
    changes: list[tuple[str, str, str]]
    mine: list[tuple[str, str, str]] = field(default_factory=list)


def since(ticket: Ticket, version: int | None, mine: list[tuple[str, str, str]] | None = None) -> Merge:
    """What changed on the ticket since `version`, in words."""
    rows = Ticket.history.filter(id=ticket.pk, customer_id=ticket.customer_id, version__gte=version or 0)
    kept = list(rows.order_by("history_id"))
    changes = history.differences(kept[0], kept[-1]) if len(kept) > 1 else []
    what = "; ".join(f"{label}: {was or '–'} → {now or '–'}" for label, was, now in changes)
    sentence = _("%(number)s was changed while you had it open. What you wrote is kept.") % {
        "number": ticket.number
    }
    return Merge(f"{sentence} {what}".strip(), changes, mine or [])
