"""Named reads about logins."""

from django.db.models import Q, QuerySet

from accounts.models import Grant, User
from accounts.roles import CUSTOMER_ROLES
from core.actor import ALL, Actor


def desk_users(actor: Actor) -> QuerySet:
    """Logins that work at the desk for a customer the actor sees: who may have a record in hand or be in a team.

    Never a customer's people: their logins are not named to anybody by id or address.
    """
    grants = Grant.objects.filter(user__isnull=False).exclude(role__in=CUSTOMER_ROLES)
    if actor.customers is not ALL:
        grants = grants.filter(Q(customer=None) | Q(customer_id__in=actor.customers))
    return User.objects.filter(is_active=True, id__in=grants.values("user_id"))
