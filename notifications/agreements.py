"""Who hears of agreements: the other side when one is offered to it, our service level managers when it has answered.

These mails are about no ticket, so nobody chooses about them: who may approve has to know that he is asked.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Membership, Person, SupplierMember, User, email_key
from accounts.roles import PERMISSIONS, Role
from customers import scoping
from journal import nudges
from journal.models import Entry
from notifications import layout, tasks, wishes
from notifications.choices import Kind, State
from notifications.models import Message
from notifications.texts import Text
from slas import events
from slas.choices import AgreementKind
from slas.models import Agreement

EVENTS = (events.AgreementOffered, events.AgreementApproved, events.AgreementDeclined, events.AgreementAgreed)
DESK = "/desk/service-levels/agreements/"
APPROVERS = [role for role, held in PERMISSIONS.items() if "agreement.approve" in held]


def read(entry: Entry) -> None:
    """Write what this entry owes to anybody, once, and wake the sender."""
    row = Agreement.objects.select_related("customer", "team", "supplier").filter(pk=entry.subject_id).first()
    if row is None:
        return
    made = [_message(entry, row, user) for user in _recipients(entry, row) if user.pk != entry.actor_id]
    if made and Message.objects.bulk_create(made, ignore_conflicts=True):
        nudges.nudge(tasks.sweep)


def _recipients(entry: Entry, row: Agreement) -> list[User]:
    """Each login once: whom this entry concerns."""
    if entry.name.endswith(".offered"):
        return _other_side(row)
    held = Q(grants__customer=None) | Q(grants__customer_id=entry.customer_id)
    return _active(User.objects.filter(held, grants__role=Role.SERVICE_LEVEL_MANAGER))


def _other_side(row: Agreement) -> list[User]:
    """Who may approve for it: the customer's managers, the leads of the team, the supplier's people."""
    if row.kind == AgreementKind.SLA:
        held = User.objects.filter(grants__customer_id=row.customer_id, grants__role__in=APPROVERS)
        return _active(held)
    if row.kind == AgreementKind.OLA:
        leads = Membership.objects.filter(team_id=row.team_id, is_lead=True)
        return _active(User.objects.filter(pk__in=leads.values("user_id")))
    members = SupplierMember.objects.filter(organization_id=row.supplier_id)
    return _active(User.objects.filter(pk__in=members.values("user_id")))


def _active(rows: Any) -> list[User]:
    return list(rows.filter(is_active=True).exclude(email="").distinct().order_by("id"))


def _message(entry: Entry, row: Agreement, user: User) -> Message:
    language, zone = _manner(entry, row, user)
    with translation.override(language), timezone.override(wishes.zone_of(zone)):
        text = _offered(entry, row) if entry.name.endswith(".offered") else _answered(entry, row)
        bodies = layout.lay_out(text, language)
    return Message(
        customer_id=entry.customer_id, compartment=entry.compartment, entry=entry, topic=f"agreement {row.pk}",
        kind=Kind.UPDATE, recipient=email_key(user.email), address=user.email, name=user.name[:200],
        language=language, user=user, subject=layout.one_line(text.subject)[:250], **bodies, state=State.QUEUED,
        available_at=scoping.current().at, created_at=scoping.current().at,
    )  # fmt: skip


def _manner(entry: Entry, row: Agreement, user: User) -> tuple[str, str]:
    """In which language and time zone he is written to: his own, those his customer noted, those of the house."""
    person = Person.objects.filter(user=user, customer_id=entry.customer_id).first()
    customer = row.customer if person else None
    wanted = (user.language, person.language if person else "", customer.language if customer else "")
    zones = (user.time_zone, person.time_zone if person else "", customer.time_zone if customer else "")
    return _first(wanted, settings.LANGUAGE_CODE), _first(zones, settings.TIME_ZONE)


def _first(values: Iterable[str], otherwise: str) -> str:
    return next((one for one in values if one), otherwise)


def _offered(entry: Entry, row: Agreement) -> Text:
    """To the other side: it is asked."""
    where = {AgreementKind.SLA: "/agreements/", AgreementKind.OLA: DESK}.get(
        AgreementKind(row.kind), "/supplier/agreements/"
    )
    return Text(
        subject=_("For your approval: %(name)s") % {"name": row.name},
        lines=[
            _("“%(name)s”, version %(number)s, waits for your approval.")
            % {"name": row.name, "number": entry.data["document"]},
            _("It holds once both sides have approved it."),
        ],
        links=[(_("Read and answer"), f"{settings.BASE_URL}{where}{row.pk}/")],
        why=_("You get this mail because you approve agreements for your side."),
    )


def _answered(entry: Entry, row: Agreement) -> Text:
    """To our service level managers: what was said."""
    values = {"name": row.name, "number": entry.data["document"], "who": entry.data.get("person", "")}
    sentence = {
        "approved": _("%(who)s has approved “%(name)s”, version %(number)s."),
        "declined": _("%(who)s has declined “%(name)s”, version %(number)s."),
        "agreed": _("Both sides have approved “%(name)s”, version %(number)s: it is agreed."),
    }[entry.name.partition(".")[2]]
    comment = entry.data.get("comment", "")
    return Text(
        subject=_("Agreement “%(name)s”") % values,
        lines=[sentence % values],
        quote=comment,
        quoted=_("The words to it:") if comment else "",
        links=[(_("Open the agreement"), f"{settings.BASE_URL}{DESK}{row.pk}/")],
        why=_("You get this mail because you manage service levels."),
    )
