"""Whom a ticket may be given to."""

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Grant, User
from accounts.roles import CUSTOMER_ROLES
from core import errors


def require_worker(person: User | None, customer_id: int) -> None:
    """Raises Invalid unless this login (None = nobody) can sign in and works on this customer's tickets."""
    if person is None:
        return
    works_for = Grant.objects.filter(Q(customer=None) | Q(customer_id=customer_id), user=person)
    if not works_for.exclude(role__in=CUSTOMER_ROLES).exists():
        raise errors.required(
            "assignee",
            _("%(name)s does not work on this customer's tickets: choose someone who does.")
            % {"name": person},
        )
    if not person.is_active:
        raise errors.required(
            "assignee", _("%(name)s cannot sign in any more: choose someone else.") % {"name": person}
        )
