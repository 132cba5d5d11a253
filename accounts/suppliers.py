"""People of suppliers (8.3.4): their logins, and into whose rows their sessions reach."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts import settings
from accounts.models import Grant, SupplierMember, SupplierReach, User, email_key
from core import errors
from core.actor import Actor
from customers.models import Organization


def create_member(
    email: str,
    name: str,
    *,
    by: Actor,
    at: dt.datetime,
    organization: Organization,
    password: str | None = None,
) -> User:
    """Make a login that works for a supplier, and for nobody else here.

    Raises Forbidden, Conflict (address in use), Invalid (the organization is no supplier). Records user.created.
    """
    settings.require(by, "user.write")
    if not organization.is_supplier and not organization.is_internal_supplier:
        raise errors.required("organization", _("Tickets are handed to suppliers only: this is none."))
    if User.objects.filter(email=email_key(email)).exists():
        raise errors.Conflict(_("There is a login for %(email)s already.") % {"email": email})
    user = User.objects.create_user(email, password, name=name)
    SupplierMember.objects.create(user=user, organization=organization)
    values = {"email": user.email, "name": user.name, "supplier": organization.name}
    settings.note_creation(user, by=by, at=at, values=values)
    return user


def require_none(user: object) -> None:
    """Raises Invalid for a supplier's login: who works for a supplier holds no role at the desk or a customer."""
    if isinstance(user, User) and SupplierMember.objects.filter(user=user).exists():
        raise errors.required(
            "role", _("This login works for a supplier: make another one for work at the desk.")
        )


def reach(organization_id: int, customer_id: int) -> None:
    """Let the supplier's people into this customer's rows, as far as tickets are handed to them."""
    SupplierReach.objects.get_or_create(organization_id=organization_id, customer_id=customer_id)


def holds_roles(user: User) -> bool:
    """Whether the login has a role here."""
    return Grant.objects.filter(user=user).exists()
