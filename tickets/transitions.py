"""Transitions that every process has alike: a workflow table names its states, these say the rest."""

from django.utils.translation import gettext_lazy as _

from tickets import fields, guards, handovers
from tickets.engine import Transition


def restricting(states: frozenset[str]) -> tuple[Transition, ...]:
    """Closing a ticket to all but a list of people, and opening it again."""
    return (
        Transition("restrict", _("Restrict"), states, None, "ticket.restrict", fields=fields.RESTRICT),
        Transition(
            "lift_restriction",
            _("Lift the restriction"),
            states,
            None,
            "ticket.restrict",
            fields=fields.REASON,
            guard=guards.is_restricted,
            is_offered=guards.is_closed_list,
        ),
    )


def handing(states: frozenset[str]) -> tuple[Transition, ...]:
    """Giving a ticket to a supplier and taking it back; and what he does with it (8.3.4)."""

    def theirs(verb: str, label: object, offered: object, **more: object) -> Transition:
        return Transition(
            verb, label, states, None, "handover.work",
            supplier=True, guard=guards.is_handed_over, is_offered=offered, **more,
        )  # fmt: skip

    return (
        Transition("hand_over", _("Hand over"), states, None, "ticket.work", fields=fields.HAND_OVER),
        Transition(
            "take_back",
            _("Take back"),
            states,
            None,
            "ticket.work",
            fields=fields.REASON,
            guard=guards.is_handed_over,
            is_offered=handovers.is_open,
        ),
        theirs("accept_handover", _("Accept"), handovers.is_unaccepted, fields=fields.THEIR_REFERENCE),
        theirs("ask_back", _("Ask the desk"), handovers.is_open, fields=fields.WORDS),
        theirs("hand_back", _("Done"), handovers.is_open, fields=fields.WORDS),
    )
