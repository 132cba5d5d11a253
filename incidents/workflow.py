"""The life of an incident as one table (8.6.1; docs/workflows/incident.md is generated from it)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import pgettext_lazy

from incidents import codes
from incidents.major import guards as major
from incidents.major import table
from tickets import custom, fields, guards, reference, shared_verbs, verification
from tickets.choices import Phase
from tickets.engine import Field, State, Transition, Workflow
from tickets.models import Ticket

NEW, IN_PROGRESS, ON_HOLD = "new", "in_progress", "on_hold"
RESOLVED, CLOSED, CANCELLED = "resolved", "closed", "cancelled"
OPEN = frozenset({NEW, IN_PROGRESS, ON_HOLD})
UNCLOSED = OPEN | {RESOLVED}


def _category_of(ticket: Ticket) -> object:
    """Its category, or the one that its service defaults to: `resolve` writes that one down."""
    return ticket.category_id or reference.category_for(ticket.service_id)


def _needs_classification(ticket: Ticket) -> str | None:
    """A resolved incident says what it was about, or no report can use it."""
    lacking = [
        str(name)
        for name, value in ((__("service"), ticket.service_id), (__("category"), _category_of(ticket)))
        if not value
    ]
    if not lacking:
        return None
    return _("Before %(number)s can be resolved, fill in: %(names)s.") % {
        "number": ticket.number,
        "names": ", ".join(lacking),
    }


def _no_open_children(ticket: Ticket) -> str | None:
    """Open children keep their parent from being closed."""
    if ticket.linked_from.filter(kind="child_of", ticket__phase__in=["open", "waiting"]).exists():
        return _("%(number)s still has open child tickets: finish them first.") % {"number": ticket.number}
    return None


def _is_merged(ticket: Ticket) -> bool:
    """Whether this closed ticket went into another one and may still be taken out."""
    return ticket.merges.filter(undone_at=None).exists()


def _says_not_merged(ticket: Ticket) -> str | None:
    """Only a merge that stands can be undone."""
    return None if _is_merged(ticket) else _("%(number)s is not merged.") % {"number": ticket.number}


def _says_merged(ticket: Ticket) -> str | None:
    """What was merged goes on in the other one."""
    if ticket.state == CLOSED and _is_merged(ticket):
        return _("%(number)s was merged: go on in the one that stays.") % {"number": ticket.number}
    return None


STATES = {
    one.name: one
    for one in (
        State(NEW, __("New"), Phase.OPEN, "new"),
        State(IN_PROGRESS, __("In progress"), Phase.OPEN, "open"),
        State(ON_HOLD, __("On hold"), Phase.WAITING, "wait"),
        State(RESOLVED, __("Resolved"), Phase.RESOLVED, "done"),
        State(CLOSED, __("Closed"), Phase.CLOSED, "closed"),
        State(CANCELLED, __("Cancelled"), Phase.CLOSED, "cancelled"),
    )
}

TRANSITIONS = {
    one.verb: one
    for one in (
        Transition("accept", __("Accept"), frozenset({NEW}), IN_PROGRESS, "ticket.work"),
        Transition(
            "assign",
            __("Assign"),
            OPEN,
            None,
            "ticket.assign",
            fields=fields.ASSIGN,
            key="a",
        ),
        Transition(
            "hold",
            __("Hold"),
            frozenset({NEW, IN_PROGRESS}),
            ON_HOLD,
            "ticket.work",
            fields=fields.HOLD,
            key="h",
        ),
        Transition("resume", __("Resume"), frozenset({ON_HOLD}), IN_PROGRESS, "ticket.work", requester=True),
        Transition(
            "reply",
            __("Reply"),
            UNCLOSED,
            None,
            "ticket.work",
            requester=True,
            supplier=True,
            participant=True,
            fields=fields.REPLY,
            key="r",
        ),
        Transition(
            "note",
            __("Internal note"),
            UNCLOSED | {CLOSED, CANCELLED},
            None,
            "ticket.note",
            fields=fields.NOTE,
            key="n",
        ),
        Transition(
            "resolve",
            __("Resolve"),
            OPEN,
            RESOLVED,
            "ticket.work",
            fields=(
                Field("code", "choice", __("Code"), required=True, choices=codes.choices),
                Field("note", "text", __("What was done, for the customer"), required=True),
                fields.CHILDREN,
            ),
            guard=guards.first_of(_needs_classification, custom.complete, verification.is_verified),
            stamps={"resolved_at": True},
            key="e",
        ),
        Transition(
            "close",
            __("Close"),
            frozenset({RESOLVED}),
            CLOSED,
            "ticket.work",
            requester=True,
            guard=guards.first_of(_no_open_children, guards.no_open_tasks, major.reported_and_reviewed),
            stamps={"closed_at": True},
        ),
        Transition(
            "reopen",
            __("Reopen"),
            frozenset({RESOLVED}),
            IN_PROGRESS,
            "ticket.work",
            requester=True,
            fields=(Field("message", "text", __("What is still wrong")),),
            stamps={"resolved_at": False, "thanked_at": False},
        ),
        Transition(
            "cancel",
            pgettext_lazy("verb", "Cancel"),
            OPEN,
            CANCELLED,
            "ticket.work",
            requester=True,
            fields=(Field("reason", "text", __("Reason"), required=True),),
            guard=major.withdrawn_first,
            stamps={"closed_at": True},
        ),
        Transition(
            "apply_macro",
            __("Apply a macro"),
            UNCLOSED,
            None,
            "ticket.work",
            fields=(Field("macro", "macro", __("Macro"), required=True),),
        ),
        *shared_verbs.working(UNCLOSED, frozenset({CLOSED, CANCELLED})),
        *shared_verbs.handing(OPEN),
        *shared_verbs.restricting(UNCLOSED | {CLOSED, CANCELLED}),
        Transition("change", __("Change fields"), UNCLOSED, None, "ticket.work"),
        Transition("link", __("Link"), UNCLOSED | {CLOSED, CANCELLED}, None, "ticket.work", key="l"),
        *table.TRANSITIONS,
        Transition("escalate", __("Escalate"), OPEN, None, "ticket.work", fields=fields.ESCALATE),
        Transition(
            "merge",
            __("Merge"),
            OPEN,
            CLOSED,
            "ticket.work",
            fields=fields.MERGE,
            guard=major.stays_itself,
            stamps={"closed_at": True},
            key="d",
        ),
        Transition(
            "unmerge",
            __("Undo the merge"),
            frozenset({CLOSED}),
            None,
            "ticket.work",
            guard=_says_not_merged,
            is_offered=_is_merged,
        ),
        Transition("split", __("Split"), UNCLOSED, None, "ticket.work", fields=fields.SPLIT),
        Transition(
            "move_to_customer",
            __("Move to another customer"),
            OPEN,
            CANCELLED,
            "ticket.work",
            fields=fields.MOVE,
            guard=major.withdrawn_first,
            stamps={"closed_at": True},
        ),
        Transition(
            "follow_up",
            __("Follow up"),
            frozenset({RESOLVED, CLOSED}),
            None,
            "ticket.work",
            requester=True,
            fields=fields.FOLLOW_UP,
            guard=_says_merged,
        ),
        Transition("watch", __("Watch"), UNCLOSED | {CLOSED, CANCELLED}, None, "ticket.work", key="w"),
        Transition("involve", __("Let take part"), UNCLOSED, None, "ticket.work"),
    )
}

FLOW = Workflow(initial=NEW, states=STATES, transitions=TRANSITIONS)
