"""Whom a ticket may be given to."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts import compartments
from accounts.models import Grant, User
from accounts.roles import CUSTOMER_ROLES
from core import errors
from core.actor import NORMAL


def workers(users: QuerySet, customer_id: int) -> QuerySet:
    """Those of these logins who can sign in and work on this customer's tickets."""
    held = Grant.objects.filter(Q(customer=None) | Q(customer_id=customer_id), user=OuterRef("pk"))
    return users.filter(Exists(held.exclude(role__in=CUSTOMER_ROLES)), is_active=True)


def works_for(person: User, customer_id: int) -> bool:
    """Whether this login can sign in and works on this customer's tickets."""
    return workers(User.objects.filter(pk=person.pk), customer_id).exists()


def require_worker(person: User | None, customer_id: int, *, field: str = "assignee") -> None:
    """Raises Invalid unless this login (None = nobody) can sign in and works on this customer's tickets."""
    if person is None:
        return
    works_for = Grant.objects.filter(Q(customer=None) | Q(customer_id=customer_id), user=person)
    if not works_for.exclude(role__in=CUSTOMER_ROLES).exists():
        raise errors.required(
            field,
            _("%(name)s does not work on this customer's tickets: choose someone who does.")
            % {"name": person},
        )
    if not person.is_active:
        raise errors.required(
            field, _("%(name)s cannot sign in any more: choose someone else.") % {"name": person}
        )


def require_on_the_list(person: User | None, compartment: int) -> None:
    """Raises Invalid where the ticket is restricted and this login is not on its list."""
    if person is None or compartment == NORMAL:
        return
    if not compartments.memberships().filter(compartment_id=compartment, user=person).exists():
        raise errors.required(
            "assignee",
            _("%(name)s is not on the list of this restricted ticket: restrict it again with that name.")
            % {"name": person},
        )
