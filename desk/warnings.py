"""What makes one look twice before a reply leaves: each a sentence, each to be waved through."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts import queries as logins
from core.actor import Actor
from tickets.choices import MessageKind
from tickets.models import Message, Ticket

MOST_RECIPIENTS = 10
SHORTEST_PASTE = 24  # letters of one line of a note that nobody writes twice by chance
_ATTACHED = re.compile(
    r"\b(attached|attachments?|enclosed|(?:im|als) anhang|angeh(?:ä|ae)ngt|anbei|beigef(?:ü|ue)gt)\b",
    re.IGNORECASE,
)
_MENTION = re.compile(r"(?<![\w.@])@(\w[\w'-]*)")


def of(ticket: Ticket, text: str, actor: Actor, *, has_files: bool, recipients: int) -> dict[str, str]:
    """Reasons to hold this reply: a code for waving it through, and the sentence."""
    own = _own_words(text)
    found = {}
    if not has_files and _ATTACHED.search(own):
        found["attached"] = _("It speaks of an attachment, and nothing is attached.")
    if (name := find_mention(own, actor)) is not None:
        found["mention"] = _("It mentions %(name)s, a colleague. The customer would read that.") % {
            "name": name
        }
    if _repeats_a_note(ticket, own, actor):
        found["note"] = _("It repeats words of an internal note of this ticket.")
    if recipients > MOST_RECIPIENTS:
        found["many"] = _("It goes to %(count)d people.") % {"count": recipients}
    return found


def find_mention(text: str, actor: Actor) -> str | None:
    """The colleague whom a text mentions as @Name, if there is one."""
    named = {one.casefold() for one in _MENTION.findall(text)}
    if not named:
        return None
    people = (str(one) for one in logins.desk_users(actor))
    return next((one for one in people if named & {part.casefold() for part in one.split()}), None)


def _own_words(text: str) -> str:
    return "\n".join(one for one in text.splitlines() if not one.lstrip().startswith(">"))


def _repeats_a_note(ticket: Ticket, text: str, actor: Actor) -> bool:
    notes = Message.objects.visible_to(actor).filter(
        customer_id=ticket.customer_id, ticket=ticket, kind=MessageKind.NOTE
    )
    said = _plain(text)
    return len(said) >= SHORTEST_PASTE and any(
        line in said for body in notes.values_list("body", flat=True) for line in _lines(body)
    )


def _lines(body: str) -> Iterable[str]:
    """The sentences of a note that are long enough to be known again."""
    for line in re.split(r"[\n.!?]+", body):
        if len(plain := _plain(line)) >= SHORTEST_PASTE:
            yield plain


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).casefold().strip()
