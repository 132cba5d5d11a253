"""The inputs of the verbs that all processes share, so that a workflow table only says from where to where."""

from django.utils.translation import gettext_lazy as _

from journal.events import Audience
from tickets.engine import Field


def _reply_audiences() -> list[tuple[str, object]]:
    return [(Audience.PUBLIC.value, _("Customer")), (Audience.SUPPLIER.value, _("Supplier"))]


def _note_audiences() -> list[tuple[str, object]]:
    return [
        (Audience.PROVIDER.value, _("Us only")),
        (Audience.DESK.value, _("Us and the customer's own agents")),
    ]


_BODY = Field("body", "text", _("Text"), required=True)
_UPLOADS = Field("uploads", "uploads", _("Files"))

REPLY = (_BODY, _UPLOADS, Field("audience", "choice", _("To"), choices=_reply_audiences))
NOTE = (_BODY, _UPLOADS, Field("audience", "choice", _("For"), choices=_note_audiences))
ASSIGN = (Field("assignee", "user", _("Assignee")), Field("team", "team", _("Team")))
RESTRICT = (
    Field("members", "users", _("Who may see it")),
    Field("with_requester", "flag", _("The requester goes on seeing it")),
    Field("reason", "text", _("Reason"), required=True),
)
HAND_OVER = (
    Field("supplier", "organization", _("Supplier"), required=True),
    Field("message", "text", _("What the supplier is to do"), required=True),
    Field("their_reference", "line", _("Their reference")),
)
THEIR_REFERENCE = (Field("their_reference", "line", _("Your reference")),)
WORDS = (Field("body", "text", _("Text"), required=True), Field("uploads", "uploads", _("Files")))
REASON = (Field("reason", "text", _("Reason"), required=True),)
HOLD = (
    Field("reason", "hold_reason", _("Reason"), required=True),
    Field("message", "text", _("Question to the customer")),
    Field("until", "instant", _("Until")),
    Field("supplier", "organization", _("Supplier")),
    Field("their_reference", "line", _("Their reference")),
)


def _escalations() -> list[tuple[str, object]]:
    return [("functional", _("To another team")), ("hierarchical", _("To a manager or a person"))]


ESCALATE = (
    Field("kind", "choice", _("Kind"), required=True, choices=_escalations),
    Field("to", "escalation", _("To"), required=True, help=_("A team, or a role or a person.")),
    Field("reason", "text", _("Reason"), required=True),
)
MERGE = (
    Field("into", "number", _("Merge into"), required=True, help=_("The one that stays, like INC-4502.")),
    Field("participant", "flag", _("Its requester takes part in the one that stays")),
)
SPLIT = (
    Field("title", "line", _("Title of the new ticket")),
    Field("messages", "messages", _("Messages for the new ticket"), required=True),
)
MOVE = (
    Field("customer", "customer", _("Customer"), required=True),
    Field("requester", "line", _("Address of the requester there")),
    Field(
        "messages",
        "messages",
        _("Messages that go along"),
        required=True,
        help=_("The other customer reads them: choose by hand."),
    ),
)
FOLLOW_UP = (Field("message", "text", _("What is wrong now"), required=True),)
CHILDREN = Field(
    "children",
    "numbers",
    _("Resolve these children too"),
    help=_("Each with the same text, to its own requester."),
)
