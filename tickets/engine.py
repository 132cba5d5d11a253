"""Runs every workflow: a frozen table of states and transitions per process; buttons and verbs derive from it."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from core import errors
from tickets.choices import Phase
from tickets.models import Ticket

Guard = Callable[[Ticket], str | None]


@dataclass(frozen=True)
class Field:
    """One input of a verb. `type`: text, line, choice, flag, instant, user, users, team, hold_reason, organization,
    number, numbers, messages, customer, escalation, uploads, macro.

    `choices` for a choice: a function giving [(value, label)].
    """

    name: str
    type: str
    label: Any = ""
    required: bool = False
    choices: Callable[[], list[tuple[str, Any]]] | None = None
    help: Any = ""


@dataclass(frozen=True)
class State:
    """One state. `glyph` names the sign of ux.md 4.6: new, open, wait, done, closed, cancelled."""

    name: str
    label: Any
    phase: Phase
    glyph: str


@dataclass(frozen=True)
class Transition:
    """One verb: from which states, to which (None = it stays), with what input, and who may.

    `permission` is what the desk needs; `requester` lets the ticket's own requester do it too, `supplier` who has
    it in hand. `guard` answers a
    sentence why not, or None. `stamps` sets instants: {"resolved_at": True} stamps, {"resolved_at": False} clears.
    `is_offered` hides the verb's button on tickets where its guard would only refuse it.
    `participant` lets those who take part do it too.
    """

    verb: str
    label: Any
    sources: frozenset[str]
    target: str | None
    permission: str
    requester: bool = False
    supplier: bool = False
    fields: tuple[Field, ...] = ()
    guard: Guard | None = None
    participant: bool = False
    stamps: Mapping[str, bool] = field(default_factory=dict)
    key: str = ""
    is_offered: Callable[[Ticket], bool] | None = None


@dataclass(frozen=True)
class Workflow:
    """The whole table of one process."""

    initial: str
    states: Mapping[str, State]
    transitions: Mapping[str, Transition]

    def state(self, ticket: Ticket) -> State:
        return self.states[ticket.state]

    def transition(self, verb: str) -> Transition:
        """The transition of this verb. Raises NotFound."""
        if verb not in self.transitions:
            raise errors.NotFound(_("There is no verb “%(verb)s” here.") % {"verb": verb})
        return self.transitions[verb]

    def from_here(self, ticket: Ticket) -> list[Transition]:
        """The transitions that lead out of (or stay in) the ticket's state."""
        return [one for one in self.transitions.values() if ticket.state in one.sources]

    def check(self, ticket: Ticket, verb: str, **given: Any) -> Transition:
        """May it now? Raises NotAllowed (409), or Invalid (422) for a missing field or a guard's sentence."""
        one = self.transition(verb)
        if ticket.state not in one.sources:
            raise self._not_allowed(ticket, verb)
        missing = {
            each.name: [_("This is needed.")]
            for each in one.fields
            if each.required and not given.get(each.name)
        }
        if missing:
            names = ", ".join(missing)
            raise errors.Invalid(
                _("For “%(verb)s”, fill in: %(names)s.") % {"verb": one.label, "names": names}, errors=missing
            )
        sentence = one.guard(ticket) if one.guard else None
        if sentence:
            raise errors.Invalid(sentence)
        return one

    def move(self, ticket: Ticket, verb: str, *, at: dt.datetime) -> str:
        """Put the new state, phase and instants on the ticket (not yet saved). Returns the state it left."""
        one, left = self.transition(verb), ticket.state
        if one.target is not None:
            ticket.state, ticket.phase = one.target, self.states[one.target].phase
        for name, is_set in one.stamps.items():
            setattr(ticket, name, at if is_set else None)
        return left

    def _not_allowed(self, ticket: Ticket, verb: str) -> errors.NotAllowed:
        allowed = [one.verb for one in self.from_here(ticket)]
        sentence = _("%(number)s is %(state)s: “%(verb)s” is not possible now.") % {
            "number": ticket.number,
            "state": self.state(ticket).label,
            "verb": self.transition(verb).label,
        }
        return errors.NotAllowed(sentence, allowed=allowed, state=ticket.state)
