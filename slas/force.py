"""What holds when: how a version comes into force, which other versions it ends, and what it may not stand beside."""

import datetime as dt

from django.db import connection
from django.utils.translation import gettext as _

from accounts import settings
from approvals import actions as approvals
from core import errors
from core.actor import Actor
from customers.models import Customer
from slas import documents
from slas.choices import VersionState
from slas.models import Agreement, AgreementVersion

_DAY = dt.timedelta(days=1)
OPEN = (VersionState.DRAFT, VersionState.OFFERED)


def require_writer(by: Actor, customer_id: int | None) -> None:
    """Raises Forbidden. What has no customer is the provider's to write."""
    provider = Customer.objects.filter(is_provider=True).values_list("id", flat=True)
    settings.require(by, "agreement.write", customer_id or provider.first() or 0)


def put_in_force(document: AgreementVersion, *, at: dt.datetime) -> AgreementVersion:
    """Agree a version: from its first day on it holds instead of the others, which end the day before.

    Where others hold and no first day was said, it is today. Raises Invalid where another agreement rules it out.
    """
    today = documents.today_of(document.agreement, at)
    others = list(
        AgreementVersion.objects.filter(agreement=document.agreement, state=VersionState.AGREED).order_by(
            "number"
        )
    )
    if others and document.valid_from is None:
        document.valid_from = today
    _require_days(document)
    for other in others:
        _give_way(other, document)
    document.state, document.agreed_at = VersionState.AGREED, at
    settings.save(document)
    check_unambiguous(document)
    return document


def end(agreement: Agreement, last: dt.date) -> None:
    """Let an agreement end on a local day: what would begin later never does."""
    for one in AgreementVersion.objects.filter(agreement=agreement, state=VersionState.AGREED):
        if one.valid_from is not None and one.valid_from > last:
            one.state = VersionState.SUPERSEDED
        elif one.valid_to is None or one.valid_to > last:
            one.valid_to = last
        settings.save(one)


def drop_unagreed(agreement: Agreement) -> None:
    """Withdraw the versions that nobody, or not everybody, has agreed to: nobody is asked about them any longer."""
    for one in AgreementVersion.objects.filter(agreement=agreement, state__in=OPEN):
        one.state = VersionState.WITHDRAWN
        settings.save(one)
        approvals.withdraw(agreement, one.number)


def check_unambiguous(document: AgreementVersion) -> None:
    """Refuses a target that is as specific as an agreed one of another agreement, for the same tickets and days."""
    with connection.cursor() as cursor:  # two savers of one customer's agreements see each other
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('slas.agreement'), %s)",
            [(document.customer_id or 0) % 2**31],
        )
    own = documents.targets_of(document.agreement, document.number)
    for other in documents.rivals_of(document):
        taken = {one.case for one in documents.targets_of(other.agreement, other.number)}
        clash = [number for number, one in enumerate(own, start=1) if one.case in taken]
        if clash and _share_services(document, other):
            sentence = _(
                "Target %(number)d is for the same tickets as one of “%(other)s”, and no more specific: make one of "
                "the two more specific."
            )
            raise errors.required("targets", sentence % {"number": clash[0], "other": other.agreement.name})


def _require_days(document: AgreementVersion) -> None:
    if document.valid_from and document.valid_to and document.valid_to < document.valid_from:
        raise errors.Invalid(
            _("The last day of this version has passed: nothing would come into force."),
            errors={"valid_to": [_("This day has passed.")]},
        )


def _give_way(other: AgreementVersion, new: AgreementVersion) -> None:
    """End an agreed version the day before a newer one begins; one that would begin later never does."""
    first = new.valid_from
    if first is None or (other.valid_from is not None and other.valid_from >= first):
        other.state = VersionState.SUPERSEDED
    elif other.valid_to is None or other.valid_to >= first:
        other.valid_to = first - _DAY
    settings.save(other)


def _share_services(one: AgreementVersion, other: AgreementVersion) -> bool:
    if one.covers_all or other.covers_all:
        return one.covers_all and other.covers_all
    listed = documents.service_ids(one.agreement, one.number)
    return bool(listed & documents.service_ids(other.agreement, other.number))
