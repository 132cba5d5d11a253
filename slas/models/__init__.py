"""The rows of service levels, by topic."""

from slas.models.agreements import (
    Agreement,
    AgreementService,
    AgreementVersion,
    AnsweredRequirement,
    WorkloadLimit,
)
from slas.models.corrections import BreachCause, Correction
from slas.models.gaps import Gap
from slas.models.targets import Step, Target
from slas.models.timers import Escalation, Segment, Timer

__all__ = [
    "Agreement",
    "AgreementService",
    "AgreementVersion",
    "AnsweredRequirement",
    "BreachCause",
    "Correction",
    "Escalation",
    "Gap",
    "Segment",
    "Step",
    "Target",
    "Timer",
    "WorkloadLimit",
]
