"""Closed lists of people around restricted tickets: who is in one, and how a list is made and changed."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from accounts.models import Compartment, CompartmentMember, User
from core import time


def memberships() -> QuerySet[CompartmentMember]:
    """The memberships that count now: what was opened for some hours ends by itself."""
    return CompartmentMember.objects.filter(Q(until_at=None) | Q(until_at__gt=time.pinned() or Now()))


def members(compartment: int) -> list[User]:
    """Who is on the list for good, by name."""
    ids = memberships().filter(compartment_id=compartment, until_at=None).values("user_id")
    return list(User.objects.filter(pk__in=ids).order_by("name", "id"))


def enclose(users: Iterable[User]) -> int:
    """Make a list of these logins; answer its number, which tickets then carry."""
    made = Compartment.objects.create()
    CompartmentMember.objects.bulk_create(CompartmentMember(compartment=made, user=one) for one in users)
    return made.pk


def replace(compartment: int, users: Iterable[User]) -> None:
    """Make exactly these logins the list."""
    wanted = {one.pk for one in users}
    held = CompartmentMember.objects.filter(compartment_id=compartment)
    held.exclude(user_id__in=wanted).delete()
    held.update(until_at=None)
    present = set(held.values_list("user_id", flat=True))
    CompartmentMember.objects.bulk_create(
        CompartmentMember(compartment_id=compartment, user_id=one) for one in wanted - present
    )


def lend(compartment: int, user_id: int, *, until_at: dt.datetime) -> None:
    """Put a login on the list until an instant; who is on it for good stays so."""
    CompartmentMember.objects.get_or_create(
        compartment_id=compartment, user_id=user_id, defaults={"until_at": until_at}
    )
    CompartmentMember.objects.filter(
        compartment_id=compartment, user_id=user_id, until_at__lt=until_at
    ).update(until_at=until_at)
