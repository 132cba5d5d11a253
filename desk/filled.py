"""What is filled in for a new ticket and not sent: a draft for each caller and form, found again on every device."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from core import errors
from core.actor import Actor
from customers.models import Customer
from desk import callers
from tickets import actions
from tickets.choices import DraftKind
from tickets.models import Draft

FORMS = ("new", "phone")
TYPED = ("title", "description", "solution", "caller_name", "caller_contact")
SHOWN = 10


def place(request: HttpRequest) -> tuple[str, str]:
    """The place of the draft that the address names (?caller= or ?customer=, ?form=), and the form.
    Raises NotFound, Malformed."""
    callers.require_agent(request.actor)
    caller = callers.find_caller(request)
    customer = caller.customer if caller else callers.find_customer(request)
    form = request.GET.get("form", FORMS[0])
    if customer is None or form not in FORMS:
        raise errors.Malformed(_("Say whose ticket it is."))
    return _place(form, customer, caller), form


def kept(request: HttpRequest, form: str, customer: Customer, caller: Person | None) -> dict[str, Any]:
    """What the template of a form reads as `draft`: url, version, at, and `row`, the draft or None."""
    rows = Draft.objects.filter(
        caller=request.actor.key, place=_place(form, customer, caller), kind=DraftKind.TICKET
    )
    row = rows.first()
    whose = {"caller": caller.pk} if caller else {"customer": customer.slug}
    return {
        "url": f"{reverse('desk:draft-new')}?{urlencode({**whose, 'form': form})}",
        "version": row.version if row else 0,
        "at": row.updated_at if row else None,
        "row": row,
    }


def start(draft: Draft | None, template: dict[str, Any]) -> dict[str, Any]:
    """What the form starts from: the draft; a template that is chosen meanwhile fills in all but words of one's own."""
    found = {name: value for name, value in draft.fields.items() if value} if draft else {}
    own = {name for name in found if name in TYPED or name.startswith("extra.")}
    return {**found, **{name: value for name, value in template.items() if name not in own}}


def drop(request: HttpRequest, form: str, customer: Customer, caller: Person | None) -> None:
    """Forget it: the ticket is open, or what was written went to another one."""
    actions.drop_draft(
        place=_place(form, customer, caller), kind=DraftKind.TICKET, by=request.actor, at=request.at
    )


def begun(actor: Actor) -> list[dict[str, Any]]:
    """What this agent began and did not send, newest first: words, whose, at, and the way back (url)."""
    rows = Draft.objects.filter(caller=actor.key, kind=DraftKind.TICKET).order_by("-updated_at")
    return [one for one in described(list(rows[:SHOWN]), actor) if one["whose"]]


def described(drafts: list[Draft], actor: Actor) -> list[dict[str, Any]]:
    """Drafts of new tickets as lines. `whose` is empty where he may not see that customer any more."""
    named = [(one, *_parse(one.place)) for one in drafts]
    people = {
        one.pk: one
        for one in Person.objects.visible_to(actor)
        .filter(pk__in=[key for _one, _form, kind, key in named if kind == "p"])
        .select_related("customer")
    }
    customers = {
        one.pk: one
        for one in Customer.objects.visible_to(actor).filter(
            pk__in=[key for _one, _form, kind, key in named if kind == "c"]
        )
    }
    return [
        _line(one, form, people.get(key) if kind == "p" else customers.get(key))
        for one, form, kind, key in named
    ]


def _line(draft: Draft, form: str, whose: Person | Customer | None) -> dict[str, Any]:
    query = ""
    if isinstance(whose, Person):
        query = urlencode({"caller": whose.pk})
    elif whose is not None:
        query = urlencode({"customer": whose.slug})
    return {
        "words": draft.body, "whose": whose.name if whose else "", "at": draft.updated_at,
        "url": f"{reverse(f'desk:{form}')}{'?' if query else ''}{query}",
    }  # fmt: skip


def _place(form: str, customer: Customer, caller: Person | None) -> str:
    return f"{form}:p{caller.pk}" if caller else f"{form}:c{customer.pk}"


def _parse(text: str) -> tuple[str, str, int]:
    """The form, and whose: p (a person) or c (a customer) with the key; nobody where the place says neither."""
    form, _colon, whose = text.partition(":")
    is_known = form in FORMS and whose[:1] in ("p", "c") and whose[1:].isdecimal()
    return (form, whose[0], int(whose[1:])) if is_known else (FORMS[0], "", 0)
