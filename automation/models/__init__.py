"""The rows of this room."""

from automation.models.owned import Macro, MacroUse, SavedText, TicketTemplate
from automation.models.recurring import Occurrence, Schedule
from automation.models.rules import Decision, Rotation, Rule

__all__ = [
    "Decision",
    "Macro",
    "MacroUse",
    "Occurrence",
    "Rotation",
    "Rule",
    "SavedText",
    "Schedule",
    "TicketTemplate",
]
