"""What the journal says of reports. An improvement candidate is one of these entries (10.2 reads them)."""

import dataclasses
from typing import Any, ClassVar

from journal.events import Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class Created(Event):
    """A draft was begun."""

    past: ClassVar[str] = "created"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Issued(Event):
    """The figures were frozen and signed."""

    past: ClassVar[str] = "issued"

    formula_version: int
    counted: int
    met: int
    signature: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Amended(Event):
    """Other figures stand beside the issued ones from now on. `changes`: {line: {number: [before, after]}}."""

    past: ClassVar[str] = "amended"

    number: int
    reason: str
    changes: dict[str, Any]
    signature: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class TargetMissed(Event):
    """A target was missed in the period: a candidate for an improvement. Once per report and target (`target`)."""

    past: ClassVar[str] = "target_missed"

    target: str
    agreement: str
    agreement_id: int
    service: str | None
    metric: str
    priority: int | None
    counted: int
    met: int
    breached: int
    tickets: int
