"""Entries about mail."""

import dataclasses
from typing import ClassVar

from journal.events import Audience, Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class Retried(Event):
    """A mail that was given up is to be sent again; `error` is why it was given up."""

    past: ClassVar[str] = "retried"
    audience: ClassVar[Audience] = Audience.PROVIDER
    error: str
