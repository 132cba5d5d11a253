"""Finding who calls: people by name, address or phone, among the actor's customers, with what they have open."""

from typing import Any

from django.db.models import CharField, F, Func, Q, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person, email_key
from cmdb.models import ConfigurationItem
from core import errors
from core.actor import Actor
from customers.models import Customer
from desk import showing
from tickets import policy
from tickets.models import AffectedItem, Ticket

SHOWN = 12
SHORTEST = 2
SIGNIFICANT = 9  # last digits of a number: what stays the same with and without prefixes
FEWEST_DIGITS = 6


def context(request: HttpRequest, place: str = "") -> dict[str, Any]:
    """The people that match ?q=, each with the address that goes on with them."""
    words = request.GET.get("q", "").strip()[:100].replace("\x00", "")
    rows = _matching(request, words) if len(words) >= SHORTEST else []
    place = place or ("desk:phone" if request.GET.get("phone") else "desk:new")
    return {"q": words, "is_asked": len(words) >= SHORTEST, "people": [card(one, place) for one in rows]}


def card(who: Person, place: str = "desk:new") -> dict[str, Any]:
    """One caller as the page shows him."""
    return {
        **(showing.person(who) or {}),
        "email": who.email,
        "phone": who.phone,
        "is_vip": who.is_vip,
        "customer": who.customer.name,
        "is_sample": who.customer.is_sample,
        "site": who.site.name if who.site else "",
        "url": f"{reverse(place)}?caller={who.pk}",
    }


def tickets(caller: Person, request: HttpRequest) -> list[dict[str, Any]]:
    """What this caller has open: perhaps it is about one of these."""
    rows = Ticket.objects.visible_to(request.actor).open().filter(
        customer_id=caller.customer_id, requester=caller
    )  # fmt: skip
    return [
        {
            "number": one.number,
            "title": one.title,
            "status": showing.status(one),
            "url": reverse("desk:ticket", args=[one.number]),
        }
        for one in rows.select_related("hold_reason").order_by("-id")[:10]
    ]


def items(caller: Person, actor: Actor) -> list[tuple[str, str]]:
    """The items that this caller's tickets were about, the latest first: choices of a form."""
    rows = AffectedItem.objects.of_customers(actor).filter(
        customer_id=caller.customer_id, ticket__requester=caller
    )
    ids = list(dict.fromkeys(rows.order_by("-id").values_list("item_id", flat=True)[:50]))[:8]
    known = {one.pk: one for one in ConfigurationItem.objects.visible_to(actor).filter(pk__in=ids)}
    return [(str(pk), str(known[pk])) for pk in ids if pk in known]


def numbered(digits: str, actor: Actor) -> list[Person]:
    """The people whose phone ends in these digits, however either is written; six digits at least."""
    wanted = "".join(one for one in digits if one.isdigit())[-SIGNIFICANT:]
    if len(wanted) < FEWEST_DIGITS:
        return []
    bare = Func(
        F("phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace", output_field=CharField()
    )
    rows = Person.objects.visible_to(actor).filter(is_active=True).exclude(phone="").annotate(bare=bare)
    return list(
        rows.filter(bare__endswith=wanted).select_related("customer", "site").order_by("name", "id")[:SHOWN]
    )


def require_agent(actor: Actor) -> None:
    """Raises Forbidden unless he may open tickets at the desk."""
    if not actor.may("ticket.work"):
        raise errors.Forbidden(
            _("Opening tickets at the desk needs the role Agent: an administrator grants it.")
        )
    policy.require_permission(actor, "ticket.open", None, what=_("open a ticket"))


def find_caller(request: HttpRequest) -> Person | None:
    """The caller that the address names, or None. Raises NotFound."""
    key = request.GET.get("caller", "")
    if not key:
        return None
    people = Person.objects.visible_to(request.actor).select_related("customer", "site")
    found = people.filter(pk=key, is_active=True).first() if key.isdecimal() and len(key) < 19 else None
    if found is None:
        raise errors.NotFound(_("There is no such caller, or they are not yours to see."))
    return found


def find_customer(request: HttpRequest) -> Customer | None:
    """The customer that the address names, or None. Raises NotFound."""
    slug = request.GET.get("customer", "")
    if not slug:
        return None
    found = Customer.objects.visible_to(request.actor).filter(slug=slug).first()
    if found is None:
        raise errors.NotFound(_("There is no such customer, or it is not yours to see."))
    return found


def _matching(request: HttpRequest, words: str) -> list[Person]:
    rows = Person.objects.visible_to(request.actor).filter(is_active=True).select_related("customer", "site")
    wanted = Q()
    for word in words.split():
        wanted &= Q(name__icontains=word) | Q(email_key__startswith=email_key(word)) | Q(phone__contains=word)
    return list(rows.filter(wanted).order_by("name", "id")[:SHOWN])
