"""The verbs of a major incident, as lines of the incident's workflow."""

from django.utils.translation import gettext_lazy as __

from incidents.choices import WORKING, Reach
from incidents.major import guards
from tickets.engine import Field, Transition

IN_PROGRESS, RESOLVED = "in_progress", "resolved"
OPEN = frozenset({"new", IN_PROGRESS, "on_hold"})
UNCLOSED = OPEN | {RESOLVED}


def _stages() -> list[tuple[str, object]]:
    return [(one.value, one.label) for one in WORKING]


_REACH = Field("reach", "choice", __("Who reads the notice"), choices=lambda: list(Reach.choices))
_NEXT = Field("next_update_at", "instant", __("Next update by"))
_ROLES = (
    Field("lead", "user", __("Lead"), help=__("Not the one who resolves it.")),
    Field("communications", "user", __("Communications")),
    Field("technical", "user", __("Technical lead")),
)

TRANSITIONS = (
    Transition(
        "declare_major",
        __("Declare major incident"),
        OPEN,
        IN_PROGRESS,
        "ticket.work",
        fields=(
            Field("text", "text", __("First notice to customers")),
            Field("title", "line", __("Its name outside"), help=__("Customers read it: name no customer.")),
            _REACH,
            _NEXT,
            _ROLES[0],
        ),
        guard=guards.must_be_none_yet,
        is_offered=guards.is_no_major,
    ),
    Transition(
        "withdraw_major",
        __("Withdraw major incident"),
        UNCLOSED,
        None,
        "ticket.work",
        fields=(Field("reason", "text", __("Why it is no major incident"), required=True),),
        guard=guards.must_be_major,
        is_offered=guards.is_major,
    ),
    Transition(
        "post_update",
        __("Post update"),
        OPEN,
        None,
        "ticket.work",
        fields=(
            Field("public", "text", __("To customers")),
            Field("desk", "text", __("To the desk")),
            Field("management", "text", __("To top management")),
            Field("stage", "choice", __("Stage"), choices=_stages),
            _REACH,
            _NEXT,
        ),
        guard=guards.must_be_major,
        is_offered=guards.is_major,
    ),
    Transition(
        "give_roles",
        __("Give roles"),
        UNCLOSED,
        None,
        "ticket.work",
        fields=_ROLES,
        guard=guards.must_be_major,
        is_offered=guards.is_major,
    ),
    Transition(
        "record_decision",
        __("Record a decision"),
        UNCLOSED,
        None,
        "ticket.work",
        fields=(Field("text", "text", __("What was decided"), required=True),),
        guard=guards.must_be_major,
        is_offered=guards.is_major,
    ),
    Transition(
        "report_major",
        __("Write the report"),
        UNCLOSED,
        None,
        "ticket.work",
        fields=(
            Field("report", "text", __("Report"), required=True),
            Field("impact", "text", __("Impact")),
            Field("cause", "text", __("Cause")),
        ),
        guard=guards.must_be_major,
        is_offered=guards.is_major,
    ),
    Transition(
        "review_major",
        __("Hold the review"),
        frozenset({RESOLVED}),
        None,
        "ticket.work",
        fields=(
            Field("findings", "text", __("Findings"), required=True),
            Field("actions", "text", __("Actions that follow")),
            Field("reviewer", "user", __("Led by"), help=__("Nobody named: you.")),
        ),
        guard=guards.has_report,
        is_offered=guards.is_major,
    ),
)

VERBS = tuple(one.verb for one in TRANSITIONS)
