"""Reads a pasted list of people, one a line: name, email, role. Says line by line what it understood."""

import csv
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.models import User, email_key
from accounts.roles import CUSTOMER_ROLES, Role

MOST = 200
ROLES = tuple(role for role in Role if role not in CUSTOMER_ROLES)


@dataclass(frozen=True)
class Line:
    """One line: what was read, or `fault`, one sentence. `is_known`: this address signs in already."""

    number: int
    name: str = ""
    email: str = ""
    role: Role | None = None
    fault: str = ""
    is_known: bool = False


def read(text: str) -> list[Line]:
    """The lines of a list, faults among them; commas, semicolons or tabs between the three."""
    lines = [(number, one.strip()) for number, one in enumerate(text.splitlines(), 1) if one.strip()]
    found = [_line(number, one) for number, one in lines[:MOST]]
    if len(lines) > MOST:
        found.append(Line(lines[MOST][0], fault=_("No more than %(most)s at once.") % {"most": MOST}))
    emails = {one.email for one in found if one.email}
    known = set(User.objects.filter(email__in=emails).values_list("email", flat=True))
    seen: set[str] = set()
    return [_among(one, seen, known) for one in found]


def _line(number: int, text: str) -> Line:
    mark = next((one for one in ("\t", ";") if one in text), ",")
    parts = [one.strip() for one in next(csv.reader([text], delimiter=mark, skipinitialspace=True))]
    name, email, role = [*parts, "", ""][:3] if len(parts) > 1 else [parts[0], "", ""]
    wanted = _role(role)
    fault = ""
    if not name or len(name) > 200:
        fault = _("The name is missing or too long.")
    elif not _is_address(email):
        fault = _("“%(text)s” is no email address.") % {"text": email[:60]}
    elif wanted is None:
        fault = _("“%(text)s” is no role of the desk.") % {"text": role[:40]}
    return Line(number, name[:200], email_key(email), wanted, fault)


def _among(line: Line, seen: set[str], known: set[str]) -> Line:
    fault = line.fault
    if not fault and line.email in seen:
        fault = _("This address stands in the list twice.")
    seen.add(line.email)
    return Line(line.number, line.name, line.email, line.role, fault, line.email in known)


def _role(text: str) -> Role | None:
    """The role of this name, in the reader's language or as it is stored; nothing written: an agent."""
    wanted = text.casefold()
    if not wanted:
        return Role.AGENT
    return next((one for one in ROLES if wanted in (one.value, str(one.label).casefold())), None)


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
