"""Reads of reference data that every ticket needs: the matrix in force, reasons to wait, the triage team."""

from django.utils.translation import gettext as _

from accounts.models import Team
from catalogue.models import Category, ServiceProfile
from core import errors
from tickets.models import HoldReason, Matrix, Priority, Ticket


def matrix_in_force() -> Matrix:
    """The newest version of the matrix impact x urgency -> priority."""
    return Matrix.objects.order_by("-version")[0]


def priorities() -> list[Priority]:
    """The levels of priority, highest first."""
    return list(Priority.objects.filter(customer=None).order_by("level"))


def find_hold_reason(name: str) -> HoldReason:
    """A reason by its slug, or the default reason of a kind. Raises Malformed."""
    reasons = HoldReason.objects.filter(is_active=True)
    found = reasons.filter(slug=name).first() or reasons.filter(kind=name, is_default=True).first()
    if found is None:
        known = ", ".join(reasons.values_list("slug", flat=True).order_by("slug"))
        sentence = _("“%(name)s” is no reason to wait; choose one of: %(known)s.") % {
            "name": name,
            "known": known,
        }
        raise errors.Malformed(sentence, errors={"reason": [sentence]})
    return found


def find_profile(service_id: int | None) -> ServiceProfile | None:
    """How a service is supported, or None."""
    rows = ServiceProfile.objects.select_related("support_team", "default_category")
    return rows.filter(service_id=service_id).first() if service_id else None


def team_of(profile: ServiceProfile | None) -> Team | None:
    """Without rules a ticket goes to the service's team, else to triage (decision 16)."""
    if profile and profile.support_team_id:
        return profile.support_team
    return Team.objects.filter(is_triage=True, customer=None).first()


def category_for(service_id: int | None) -> Category | None:
    """The category that the service defaults to, or None."""
    profile = find_profile(service_id)
    return profile.default_category if profile else None


def require_category(category: Category, kind: str, customer_id: int, service_id: int | None) -> None:
    """Raises Invalid for a category of another kind of ticket, customer or service."""
    fits = (
        category.kind in ("", kind)
        and category.customer_id in (None, customer_id)
        and category.service_id in (None, service_id)
    )
    if not fits:
        raise errors.required(
            "category",
            _("The category “%(category)s” does not fit this kind of ticket, customer or service.")
            % {"category": category},
        )


def judge(ticket: Ticket) -> None:
    """Put priority and matrix version on the ticket from its impact and urgency, unless it is set by hand."""
    matrix = matrix_in_force()
    ticket.matrix_version = matrix.version
    ticket.priority = ticket.priority_override or matrix.judge(ticket.impact, ticket.urgency)
