"""Who is away, as the desk says it: beside a name, and when somebody is given a ticket who will not see it."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import absences
from accounts.models import Absence, User


def labels(user_ids: Collection[int], at: dt.datetime) -> dict[int, str]:
    """For those of these logins who are away, until when. One query."""
    return {user_id: until(one) for user_id, one in absences.absent(user_ids, at).items()}


def until(absence: Absence) -> str:
    """ "away until 24 Nov"."""
    return until_day(absence.to_on)


def until_day(last: dt.date) -> str:
    return _("away until %(day)s") % {"day": date_format(last, "j M")}


def named(choices: list[tuple[str, Any]], away: Mapping[int, str]) -> list[tuple[str, Any]]:
    """Choices of people by id, grouped or not, each who is away with a word about it."""
    found: list[tuple[str, Any]] = []
    for value, label in choices:
        if isinstance(label, list):
            found.append((value, named(label, away)))
        else:
            note = away.get(int(value)) if value.isdecimal() else None
            found.append((value, f"{label} ({note})" if note else label))
    return found


def warning(user: User | None, at: dt.datetime) -> str:
    """What to say to who gave this login a ticket; empty where it is there."""
    absence = absences.absent([user.pk], at).get(user.pk) if user else None
    if absence is None:
        return ""
    named = {"name": user, "until": date_format(absence.to_on, "j M"), "deputy": absence.deputy}
    if absence.deputy:
        return _("%(name)s is away until %(until)s; %(deputy)s stands in and is told too.") % named
    return _("%(name)s is away until %(until)s, and nobody stands in.") % named
