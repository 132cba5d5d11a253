"""Sample customers: the web puts them into the archive; erasing is left to the owner of the tables (decision 25)."""

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import actions, settings
from core import errors
from core.actor import Actor
from customers.models import Customer, Life


def present() -> QuerySet[Customer]:
    """Sample customers that are in use; the provider is none of them, whoever made him."""
    rows = Customer.objects.filter(is_sample=True, is_provider=False)
    return rows.exclude(life__in=[Life.ARCHIVED, Life.ERASED])


def is_here() -> bool:
    """Whether there is anything to remove."""
    return present().exists()


def archive(*, by: Actor, at: dt.datetime) -> int:
    """Put every sample customer into the archive; says how many. Raises Forbidden, Invalid (there are none). Records
    customer.changed for each."""
    settings.require(by, "settings.write")
    found = list(present().order_by("id"))
    if not found:
        raise errors.Invalid(_("There are no sample customers: nothing was removed."))
    for one in found:
        fields = {"life": Life.ARCHIVED}
        actions.change_customer(one, by=by, at=at, fields=fields, reason=_("Sample data removed"))
    return len(found)
