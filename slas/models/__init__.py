"""The rows of service levels, by topic."""

from slas.models.agreements import Agreement, AgreementService, Step, Target
from slas.models.timers import Escalation, Segment, Timer

__all__ = ["Agreement", "AgreementService", "Escalation", "Segment", "Step", "Target", "Timer"]
