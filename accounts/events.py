"""Entries about customers, people, teams and everything else that the Settings change (8.1)."""

import dataclasses
from typing import Any, ClassVar

from customers.models import Customer
from journal.events import Audience, Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class SettingEvent(Event):
    """A change to the service management system itself. `owner_id` is the customer in whose journal it stands:
    the subject's own, or the provider for what belongs to the installation."""

    audience: ClassVar[Audience] = Audience.PROVIDER
    owner_id: int

    @property
    def customer_id(self) -> int:
        return self.owner_id

    def payload(self) -> dict[str, Any]:
        found = super().payload()
        found.pop("owner_id", None)
        return found


@dataclasses.dataclass(frozen=True, kw_only=True)
class Created(SettingEvent):
    past: ClassVar[str] = "created"
    values: dict[str, Any]
    reason: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Changed(SettingEvent):
    """`changes` maps a field to [before, after]."""

    past: ClassVar[str] = "changed"
    changes: dict[str, list[Any]]
    reason: str = ""


def owner_of(subject: Any) -> int:
    """In whose journal an entry about this row stands. Needs the provider in scope for the installation's rows."""
    own = subject.pk if isinstance(subject, Customer) else getattr(subject, "customer_id", None)
    return own or Customer.objects.values_list("id", flat=True).get(is_provider=True)
