"""How people look at tickets: keeping a view, changing it, dropping it, having it at hand; having read a ticket.

What is one's own is nobody else's business and leaves no entry; what a team or the whole desk shares does.
"""

import datetime as dt
import re
import secrets
from collections.abc import Sequence
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import settings
from core import errors
from core.actor import Actor
from tickets import filters, standing
from tickets.models import SavedView, Ticket, TicketRead, ViewStar

MOST = 100  # views of one login, and what he keeps at hand
FIELDS = ("name", "filters", "ordering", "grouping", "columns", "density")
_COLUMN = re.compile(r"[a-z_]{1,24}(:[0-9]{2,3})?")


def create_view(view: SavedView, *, by: Actor, at: dt.datetime) -> SavedView:
    """Keep a view under a new slug. Raises Forbidden, Invalid, Malformed (filters).

    Records view.created for what a team or the desk shares.
    """
    _require(view, by)
    _check(view, by)
    if view.owner_id and SavedView.objects.filter(owner_id=view.owner_id).count() >= MOST:
        raise errors.required("name", _("You keep as many views as one can: drop one first."))
    view.slug = _slug(view.name)
    if view.belongs_to != "me":
        return settings.create(view, by=by, at=at)
    settings.save(view)
    return view


def change_view(
    view: SavedView, *, by: Actor, at: dt.datetime, fields: dict[str, Any], version: int | None = None
) -> SavedView:
    """Set what the view shows, or its name. Raises Forbidden, Invalid, Malformed, Stale.

    Records view.changed for what a team or the desk shares.
    """
    _require(view, by)
    unknown = fields.keys() - set(FIELDS)
    if unknown:
        raise errors.Malformed(_("A view has no “%(names)s”.") % {"names": ", ".join(sorted(unknown))})
    for name, value in fields.items():
        setattr(view, name, value)
    _check(view, by)
    if view.belongs_to != "me":
        return settings.change(view, by=by, at=at, fields=fields, version=version)
    current = SavedView.objects.select_for_update().get(pk=view.pk)
    if version is not None and current.version != version:
        raise errors.Stale(_("“%(name)s” has changed since you read it.") % {"name": current}, record=current)
    view.version = current.version + 1
    view.save(update_fields=[*fields, "version"])
    return view


def delete_view(view: SavedView, *, by: Actor, at: dt.datetime) -> None:
    """Drop a view, and everybody's star on it. Raises Forbidden. Records view.changed for what is shared."""
    _require(view, by)
    if view.belongs_to != "me":
        settings.note_change(view, by=by, at=at, changes={"name": [view.name, None]})
    ViewStar.objects.filter(slug=view.slug).delete()
    view.delete()


def arrange_views(slugs: Sequence[str], *, by: Actor) -> list[str]:
    """Keep exactly these views at hand, in this order; a slug that names none of his is left out."""
    if by.user_id is None:
        raise errors.Forbidden(_("Only a person keeps views at hand."))
    wanted = list(dict.fromkeys(slugs))[:MOST]
    own = SavedView.objects.visible_to(by).filter(slug__in=wanted).values_list("slug", flat=True)
    known = {*own, *standing.SYSTEM}
    kept = [one for one in wanted if one in known]
    ViewStar.objects.filter(user_id=by.user_id).delete()
    ViewStar.objects.bulk_create(
        ViewStar(user_id=by.user_id, slug=slug, position=place) for place, slug in enumerate(kept)
    )
    return kept


def star_view(slug: str, *, by: Actor, is_starred: bool) -> list[str]:
    """Put one view at the end of what is kept at hand, or take it away."""
    held = list(ViewStar.objects.filter(user_id=by.user_id or 0).values_list("slug", flat=True))
    rest = [one for one in held if one != slug]
    return arrange_views([*rest, slug] if is_starred else rest, by=by)


def mark_read(ticket: Ticket, *, by: Actor, at: dt.datetime, is_read: bool = True) -> None:
    """Note until when this login has read the ticket, or that it has not. Others see nothing of it."""
    if by.user_id is None:
        raise errors.Forbidden(_("Only a person reads."))
    if not is_read:
        TicketRead.objects.filter(customer_id=ticket.customer_id, ticket=ticket, user_id=by.user_id).delete()
        return
    row = TicketRead(
        customer_id=ticket.customer_id,
        compartment=ticket.compartment,
        ticket=ticket,
        user_id=by.user_id,
        at=at,
    )
    TicketRead.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["customer", "ticket", "user"], update_fields=["at"]
    )


def may_change(view: SavedView, by: Actor) -> bool:
    """Whether this actor may change the view: his own; his team's; the desk's with the right to the Settings."""
    if not by.is_inside:
        return False
    if view.owner_id:
        return view.owner_id == by.user_id
    if view.team_id:
        return by.may("ticket.work") and view.team_id in by.teams
    return by.may_everywhere("settings.write")


def _require(view: SavedView, by: Actor) -> None:
    if not may_change(view, by):
        raise errors.Forbidden(_("This view is not yours to change: keep one of your own."))


def _check(view: SavedView, by: Actor) -> None:
    """The view can be shown: its name, filters and order are what the queue understands."""
    view.name = view.name.strip()
    if not view.name:
        raise errors.required("name", _("A view needs a name."))
    if not isinstance(view.filters, dict) or not all(isinstance(one, str) for one in view.filters.values()):
        raise errors.required("filters", _("Filters are names with texts, as in an address."))
    filters.apply(Ticket.objects.none(), view.filters, by)
    if view.ordering:
        filters.ordering(view.ordering)
    if view.grouping not in ("", *standing.GROUPINGS) or view.density not in ("", *standing.DENSITIES):
        raise errors.Malformed(_("There is no such grouping, or no such density."))
    fits = isinstance(view.columns, list) and len(view.columns) <= 30
    if not fits or not all(isinstance(one, str) and _COLUMN.fullmatch(one) for one in view.columns):
        raise errors.required("columns", _("Columns are a list of names, each with a width if need be."))


def _slug(name: str) -> str:
    """An address nobody else has and nobody guesses from."""
    return f"{slugify(name)[:60] or 'view'}-{secrets.token_hex(3)}"
