"""One shape for both doors: turns what a form or a JSON body brings into the values that an action takes."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from types import NoneType
from typing import Any

from django.utils.translation import gettext as _

from accounts import queries as logins
from accounts.models import Team, User, email_key
from core import errors, time
from core.actor import Actor
from customers.models import Customer, Organization
from tickets import processes, reference
from tickets.engine import Field
from tickets.models import Ticket
from tickets.models.time import LONGEST_SECONDS

MOST = 500  # things in one list
LONGEST = 100_000  # characters of one text
_BAD = {chr(0)} | {chr(code) for code in range(0xD800, 0xE000)}


class Wrong(ValueError):
    """One value does not fit; the text is the sentence for it."""


def clean(fields: Sequence[Field], raw: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """The values of `raw` by the declared fields; what is not mentioned is left out, empty text counts as absent.

    Raises Malformed, with a sentence per field: an unknown name, a wrong type, a key that leads nowhere.
    """
    known = {one.name: one for one in fields}
    wrong = {name: [_("There is no such field here.")] for name in raw if name not in known}
    values: dict[str, Any] = {}
    for name, one in known.items():
        if name not in raw:
            continue
        try:
            values[name] = READERS[one.type](raw[name], one, actor)
        except Wrong as error:
            wrong[name] = [str(error)]
    if wrong:
        raise errors.Malformed(
            _("These fields are wrong: %(names)s.") % {"names": ", ".join(wrong)}, errors=wrong
        )
    return {
        name: value for name, value in values.items() if value is not None or known[name].type in NULLABLE
    }


def read_text(value: Any, _field: Field, _actor: Actor) -> str:
    """A text of any length up to 100,000 characters, without NUL and lone surrogates."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Wrong(_("This must be a text."))
    if len(value) > LONGEST:
        raise Wrong(_("This is longer than %(most)s characters.") % {"most": LONGEST})
    if _BAD & set(value):
        raise Wrong(_("This holds characters that are no text (NUL or half a surrogate pair)."))
    return value


def read_choice(value: Any, field: Field, _actor: Actor) -> str | None:
    """One of the field's choices."""
    if value in (None, ""):
        return None
    known = [key for key, _label in (field.choices() if field.choices else [])]
    if value not in known:
        raise Wrong(_("Choose one of: %(known)s.") % {"known": ", ".join(known)})
    return value


def read_instant(value: Any, _field: Field, _actor: Actor) -> dt.datetime | None:
    """An instant with its zone, RFC 3339."""
    if value in (None, ""):
        return None
    if isinstance(value, dt.datetime):
        return value
    found = time.find_instant(value)
    if found is None:
        raise Wrong(_("Write a date and time with its zone, like 2026-11-24T09:00:00Z."))
    return found


def read_user(value: Any, _field: Field, actor: Actor) -> User | None:
    """A desk login by id or email, `me` for the actor himself; null for nobody."""
    if value in (None, ""):
        return None
    rows = logins.desk_users(actor)
    if value == "me":
        found = rows.filter(pk=actor.user_id).first()
    elif isinstance(value, str) and "@" in value:
        found = rows.filter(email=email_key(value)).first()
    else:
        found = (
            rows.filter(pk=int(value)).first() if str(value).isdecimal() and len(str(value)) < 19 else None
        )
    if found is None:
        raise Wrong(
            _("Nobody who can sign in is called “%(value)s”: give an id or an email address.")
            % {"value": value}
        )
    return found


def read_team(value: Any, _field: Field, actor: Actor) -> Team | None:
    """A team by slug."""
    if value in (None, ""):
        return None
    found = Team.objects.visible_to(actor).filter(slug=str(value), is_active=True).first()
    if found is None:
        raise Wrong(_("There is no team “%(value)s”.") % {"value": value})
    return found


def read_hold_reason(value: Any, _field: Field, _actor: Actor) -> Any:
    """A reason to wait by slug or kind."""
    if value in (None, ""):
        return None
    try:
        return reference.find_hold_reason(str(value))
    except errors.Malformed as refusal:
        raise Wrong(refusal.detail) from refusal


def read_flag(value: Any, _field: Field, _actor: Actor) -> bool:
    """Yes or no: a JSON boolean, or what a form's box sends."""
    if value in (True, "true", "on", "1"):
        return True
    if value in (False, None, "", "false", "off", "0"):
        return False
    raise Wrong(_("This must be true or false."))


def read_users(value: Any, field: Field, actor: Actor) -> list[User]:
    """Desk logins, each by id or email: a list, or one text with commas between them."""
    named = [one.strip() for one in value.split(",")] if isinstance(value, str) else value
    if not isinstance(named, list | tuple | NoneType) or len(named or ()) > 100:
        raise Wrong(_("Name at most 100 people, as a list of ids or email addresses."))
    found = (read_user(one, field, actor) for one in named or ())
    return [one for one in found if one is not None]


def read_duration(value: Any, _field: Field, _actor: Actor) -> int | None:
    """A length of time in whole seconds."""
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LONGEST_SECONDS:
        raise Wrong(_("Give whole seconds, 24 hours at most."))
    return value


def read_organization(value: Any, _field: Field, actor: Actor) -> Organization | None:
    """A supplier by id or name."""
    if value in (None, ""):
        return None
    rows = Organization.objects.visible_to(actor).filter(is_supplier=True)
    text = str(value)
    found = (
        rows.filter(pk=int(text)).first()
        if text.isdecimal() and len(text) < 19
        else rows.filter(name=text).first()
    )
    if found is None:
        raise Wrong(_("There is no supplier “%(value)s”.") % {"value": value})
    return found


def read_number(value: Any, _field: Field, actor: Actor) -> Ticket | None:
    """A ticket by its number, or by its digits where only one kind has them, as far as the actor sees it."""
    if value in (None, ""):
        return None
    text = str(value).strip().upper()
    numbers = [f"{one.prefix}-{text}" for one in processes.every()] if text.isdigit() else [text]
    found, *others = [*Ticket.objects.visible_to(actor).filter(number__in=numbers)[:2], None]
    if found is None or any(others):
        raise Wrong(_("There is no ticket “%(value)s”.") % {"value": value})
    return found


def read_numbers(value: Any, field: Field, actor: Actor) -> list[Ticket]:
    """Tickets by their numbers, as far as the actor sees them."""
    if value in (None, ""):
        return []
    if (
        not isinstance(value, list | tuple)
        or len(value) > MOST
        or not all(isinstance(one, str) for one in value)
    ):
        raise Wrong(_("This is a list of numbers, like INC-4502."))
    found = [read_number(one, field, actor) for one in dict.fromkeys(value)]
    return [one for one in found if one is not None]


def read_messages(value: Any, _field: Field, _actor: Actor) -> list[int]:
    """Ids of messages."""
    if value in (None, ""):
        return []
    if not isinstance(value, list | tuple) or len(value) > MOST:
        raise Wrong(_("This is a list of the ids of messages."))
    if not all(str(one).isdecimal() and len(str(one)) < 19 for one in value):
        raise Wrong(_("This is a list of the ids of messages."))
    return [int(one) for one in dict.fromkeys(value)]


def read_customer(value: Any, _field: Field, actor: Actor) -> Customer | None:
    """A customer by slug, as far as the actor sees it."""
    if value in (None, ""):
        return None
    found = Customer.objects.visible_to(actor).filter(slug=str(value)).first()
    if found is None:
        raise Wrong(_("There is no customer “%(value)s”.") % {"value": value})
    return found


def read_escalation(value: Any, _field: Field, _actor: Actor) -> str:
    """A team's slug, a role's name, or a person's id or address: which, the kind says."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return read_text(value, _field, _actor).strip()[:254]


def read_uploads(value: Any, _field: Field, _actor: Actor) -> list[str]:
    """Ids that uploads answered."""
    if value in (None, ""):
        return []
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise Wrong(_("This is a list of the ids that uploads answered."))
    return list(value)


def read_key(value: Any, _field: Field, _actor: Actor) -> str | None:
    """The key of a row of a higher room, an id or a name: the action finds it."""
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int) or len(str(value)) > 200:
        raise Wrong(_("This is a key: a text or a whole number."))
    return str(value)


READERS: dict[str, Callable[[Any, Field, Actor], Any]] = {
    "text": read_text,
    "line": read_text,
    "choice": read_choice,
    "instant": read_instant,
    "flag": read_flag,
    "duration": read_duration,
    "user": read_user,
    "users": read_users,
    "team": read_team,
    "hold_reason": read_hold_reason,
    "organization": read_organization,
    "number": read_number,
    "numbers": read_numbers,
    "messages": read_messages,
    "customer": read_customer,
    "escalation": read_escalation,
    "uploads": read_uploads,
    "macro": read_key,
}
NULLABLE = frozenset({"user", "team"})  # null says "nobody", which is not the same as unsaid
