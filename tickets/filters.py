"""One set of filters for the queue's chips and the API's query string: the same names, the same refusals.

A comma means or, a leading `!` means not, `none` means empty (docs/api.md). Unknown names and bad values are refused.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import email_key
from core import errors, time
from core.actor import Actor
from customers import scoping
from tickets import queries
from tickets.choices import Phase
from tickets.models import ExternalReference, Ticket

Build = Callable[[str, Actor], Q]
ORDERINGS = ("opened_at", "due_at", "priority", "updated_at", "number", "closed_at", "resolved_at")
_COLUMNS = {"due_at": "due_key", "number": "id"}
_NULLABLE = ("closed_at", "resolved_at")


def apply(
    rows: QuerySet, params: Mapping[str, str], actor: Actor, *, ignore: tuple[str, ...] = ()
) -> QuerySet:
    """`rows` narrowed by every filter of the query string. Raises Malformed, naming what is unknown or wrong."""
    wrong: dict[str, list[str]] = {}
    for name, value in params.items():
        if name in ignore or name == "ordering":
            continue
        if name not in FILTERS:
            wrong[name] = [_("There is no such filter.")]
            continue
        try:
            rows = rows.filter(FILTERS[name](value, actor))
        except ValueError as error:
            wrong[name] = [str(error)]
    if wrong:
        raise errors.Malformed(
            _("These filters are wrong: %(names)s.") % {"names": ", ".join(wrong)}, errors=wrong
        )
    return rows


def ordering(value: str) -> tuple[str, ...]:
    """The key-set order for `?ordering=`: one known column and the id. Raises Malformed."""
    name = value.lstrip("-")
    if name not in ORDERINGS or value.startswith("--"):
        sentence = _("Order by one of: %(known)s, with a leading - for the other way.") % {
            "known": ", ".join(ORDERINGS)
        }
        raise errors.Malformed(sentence, errors={"ordering": [sentence]})
    sign = "-" if value.startswith("-") else ""
    column = _COLUMNS.get(name, name)
    return (f"{sign}id",) if column == "id" else (f"{sign}{column}", f"{sign}id")


def ordered(rows: QuerySet, value: str) -> tuple[QuerySet, tuple[str, ...]]:
    """The rows that have a place in `?ordering=`, and the key-set order. Raises Malformed."""
    order = ordering(value)
    column = order[0].lstrip("-")
    return (rows.exclude(**{f"{column}__isnull": True}) if column in _NULLABLE else rows), order


def _one_of(column: str, known: tuple[str, ...] = ()) -> Build:
    """Comma = or, `!` = not, `none` = empty, `me` = the actor where that makes sense."""

    def build(value: str, _actor: Actor) -> Q:
        negated, names = value.startswith("!"), value.lstrip("!").split(",")
        if known and (bad := [one for one in names if one not in (*known, "none")]):
            raise ValueError(
                _("“%(bad)s” is unknown; choose from: %(known)s.")
                % {"bad": bad[0], "known": ", ".join(known)}
            )
        found = Q(**{f"{column}__in": [one for one in names if one != "none"]})
        if "none" in names:
            found |= Q(**{f"{column}__isnull": True})
        return ~found if negated else found

    return build


def _number(column: str) -> Build:
    def build(value: str, _actor: Actor) -> Q:
        negated, names = value.startswith("!"), value.lstrip("!").split(",")
        numbers = [one for one in names if one != "none"]
        if not all(one.isdecimal() and len(one) < 19 for one in numbers):
            raise ValueError(_("This filter takes whole numbers, separated by commas."))
        found = Q(**{f"{column}__in": [int(one) for one in numbers]})
        if "none" in names:
            found |= Q(**{f"{column}__isnull": True})
        return ~found if negated else found

    return build


def _person(value: str, actor: Actor) -> Q:
    """`me`, `none`, an id or an email address of a login."""
    if value.lstrip("!") == "me":
        found = Q(assignee_id=actor.user_id or 0)  # a program has nothing in hand
    elif "@" in value:
        found = Q(assignee__email=email_key(value.lstrip("!")))
    else:
        return _number("assignee_id")(value, actor)
    return ~found if value.startswith("!") else found


def _requester(value: str, actor: Actor) -> Q:
    if value == "me":
        return Q(requester_id__in=actor.persons)
    if "@" in value:
        return Q(requester__email_key=email_key(value))
    return _number("requester_id")(value, actor)


def _flag(column: str) -> Build:
    def build(value: str, _actor: Actor) -> Q:
        if value not in ("true", "false"):
            raise ValueError(_("This filter is true or false."))
        return Q(**{column: value == "true"})

    return build


def _instant(lookup: str) -> Build:
    def build(value: str, _actor: Actor) -> Q:
        return Q(**{lookup: read_instant(value)})

    return build


_RELATIVE = re.compile(r"now(?:([+-])([0-9]{1,4})([hd]))?")


def read_instant(value: str) -> dt.datetime:
    """An instant, or one that moves with the clock: `now`, `now-7d`, `now+2h`. Raises ValueError."""
    relative = _RELATIVE.fullmatch(value)
    if relative:
        sign, count, unit = relative.groups()
        step = dt.timedelta(**{"hours" if unit == "h" else "days": int(count)}) if count else dt.timedelta()
        here = scoping.current().at
        return here - step if sign == "-" else here + step
    found = time.find_instant(value)
    if found is None:
        raise ValueError(
            _("Write a date and time with its zone, like 2026-11-24T09:00:00Z, or now-7d, now+2h.")
        )
    return found


def _reference(value: str, actor: Actor) -> Q:
    system, colon, reference = value.partition(":")
    if not colon:
        raise ValueError(_("Write it as system:reference."))
    found = ExternalReference.objects.of_customers(actor).filter(system=system, reference=reference)
    return Q(id__in=found.values("ticket_id"))


def _words(value: str, actor: Actor) -> Q:
    """Exact numbers and references first, then words."""
    text = value.strip()
    if not text:
        return Q()
    known = ExternalReference.objects.of_customers(actor).filter(reference=text).order_by()
    exact = Ticket.objects.visible_to(actor).filter(number=text.upper()).order_by()
    # Ids alone: beside a condition of another kind the list of ids would be tried on every row there is.
    named = exact.values_list("id").union(known.values_list("ticket_id"), all=True)
    return Q(id__in={*(one[0] for one in named), *queries.search_ids(text, actor)})


def _is_blocked(value: str, _actor: Actor) -> Q:
    """Whether it would have ended by itself, but a rule does not let it."""
    if value not in ("true", "false"):
        raise ValueError(_("This filter is true or false."))
    return Q(blocked_at__isnull=value == "false")


FILTERS: dict[str, Build] = {
    "kind": _one_of("kind"),
    "state": _one_of("state"),
    "phase": _one_of("phase", tuple(Phase.values)),
    "priority": _number("priority"),
    "customer": _one_of("customer__slug"),
    "site": _number("site_id"),
    "service": _one_of("service__slug"),
    "category": _one_of("category__slug"),
    "team": _one_of("team__slug"),
    "assignee": _person,
    "requester": _requester,
    "email": lambda value, _actor: Q(requester__email_key=email_key(value)),
    "is_major": _flag("is_major"),
    "is_blocked": _is_blocked,
    "external_reference": _reference,
    "opened_after": _instant("opened_at__gte"),
    "opened_before": _instant("opened_at__lt"),
    "due_after": _instant("due_at__gte"),
    "due_before": _instant("due_at__lt"),
    "closed_after": _instant("closed_at__gte"),
    "closed_before": _instant("closed_at__lt"),
    "updated_after": _instant("updated_at__gte"),
    "updated_before": _instant("updated_at__lt"),
    "q": _words,
}


def condition(params: Mapping[str, str], actor: Actor) -> Q:
    """Every filter of a view together. Raises ValueError with the sentence of the first that is wrong."""
    found = Q()
    for name, value in params.items():
        if name in FILTERS:
            found &= FILTERS[name](value, actor)
    return found
