"""Entries about business hours: they decide deadlines, so each edit is said with its reason (8.1)."""

import dataclasses
from typing import Any, ClassVar

from customers.models import Customer
from journal.events import Audience, Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class CalendarEvent(Event):
    """Anything about a calendar; an installation's calendar stands in the provider's journal."""

    audience: ClassVar[Audience] = Audience.PROVIDER

    @property
    def customer_id(self) -> int:
        own: int | None = self.subject.customer_id
        return own or Customer.objects.values_list("id", flat=True).get(is_provider=True)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Created(CalendarEvent):
    past: ClassVar[str] = "created"
    values: dict[str, Any]
    reason: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Changed(CalendarEvent):
    """`changes` maps a field to [before, after]; the hours apply from the local day `valid_from` on."""

    past: ClassVar[str] = "changed"
    changes: dict[str, list[Any]]
    valid_from: Any = None
    reason: str = ""
