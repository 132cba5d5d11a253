"""The base of all entries. A room's events are frozen dataclasses below this one; extra fields are the payload."""

import dataclasses
import datetime as dt
import decimal
import enum
from typing import Any, ClassVar, Protocol

from core import time
from core.actor import NORMAL, Actor


class Audience(enum.StrEnum):
    """Who may read an entry or a message (decision 6)."""

    PUBLIC = "public"  # the requester and all who see the ticket
    DESK = "desk"  # the provider's and the customer's own agents
    PROVIDER = "provider"  # the provider's people only
    SUPPLIER = "supplier"  # a supplier's session while its handover is open, and the provider


class Subject(Protocol):
    """What an entry can be about: a row that names its customer, its kind and itself."""

    pk: Any
    customer_id: int

    @property
    def journal_kind(self) -> str: ...
    @property
    def journal_label(self) -> str: ...


@dataclasses.dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened. `past` is its past-tense word; the entry's name is `<subject kind>.<past>`."""

    past: ClassVar[str] = ""
    audience: ClassVar[Audience] = Audience.PROVIDER
    version: ClassVar[int] = 1

    subject: Any
    by: Actor
    at: dt.datetime

    @property
    def name(self) -> str:
        return f"{self.subject.journal_kind}.{self.past}"

    @property
    def customer_id(self) -> int:
        """In whose journal the entry stands."""
        return self.subject.customer_id

    @property
    def compartment(self) -> int:
        return getattr(self.subject, "compartment", NORMAL)

    def payload(self) -> dict[str, Any]:
        """The entry's data: every field of the subclass, as JSON knows it. Keys are the field names."""
        values = ((name, getattr(self, name)) for name in _own_fields(type(self)))
        return {name: plain(value) for name, value in values if value is not None}


_OWN: dict[type, tuple[str, ...]] = {}  # asked for every entry, and for a class always the same


def _own_fields(event: type[Event]) -> tuple[str, ...]:
    """What a class of events adds to subject, actor and time."""
    if event not in _OWN:
        names = (one.name for one in dataclasses.fields(event))
        _OWN[event] = tuple(name for name in names if name not in ("subject", "by", "at"))
    return _OWN[event]


def plain(value: Any) -> Any:
    """A value as JSON has it: instants RFC 3339, rows by key, durations in seconds."""
    if type(value) in (str, int):  # most are, and none of the classes below
        return value
    if isinstance(value, dt.datetime):
        return time.iso(value)
    if isinstance(value, dt.timedelta):
        return int(value.total_seconds())
    if isinstance(value, dt.date | decimal.Decimal):
        return str(value)
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if hasattr(value, "journal_label"):
        return value.journal_label
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
