"""Whom a ticket may be given to, and who may be called to it."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts import compartments
from accounts import queries as logins
from accounts.models import Grant, Team, User, email_key
from accounts.roles import CUSTOMER_ROLES, Role
from core import errors
from core.actor import NORMAL, Actor


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


def find_team(name: str, customer_id: int, by: Actor) -> Team | None:
    """The active team with this slug that may have a ticket of this customer in hand; `team:<slug>` too."""
    rows = Team.objects.visible_to(by).filter(Q(customer=None) | Q(customer_id=customer_id), is_active=True)
    return rows.filter(slug=name.removeprefix("team:")).first()


def find_role(name: str) -> Role | None:
    """A role of the desk by its name; `role:<name>` too."""
    plain = name.removeprefix("role:")
    known = plain in Role.values and Role(plain) not in CUSTOMER_ROLES
    return Role(plain) if known else None


def find_login(name: str, by: Actor) -> User | None:
    """A login of the desk by id or address; `user:<id>` too."""
    plain = name.removeprefix("user:")
    rows = logins.desk_users(by)
    if "@" in plain:
        return rows.filter(email=email_key(plain)).first()
    return rows.filter(pk=int(plain)).first() if plain.isdecimal() and len(plain) < 19 else None


def holders(role: Role, customer_id: int) -> QuerySet[User]:
    """The active logins with this role at this customer or at all."""
    rows = User.objects.filter(
        Q(grants__customer=None) | Q(grants__customer_id=customer_id), grants__role=role, is_active=True
    )
    return rows.distinct().order_by("name", "id")
