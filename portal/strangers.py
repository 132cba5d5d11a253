"""What the pages without a sign-in share: their looks, their mails, and how often one may ask.

A mail to an address that nobody has confirmed goes out at once and leaves no row: its link carries all, signed.
"""

import logging
import smtplib
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as __

from accounts.models import Portal, email_key
from core import limits
from core.actor import Actor, ActorKind, Side
from customers import scoping
from customers.models import Customer, Installation
from notifications import layout
from notifications.errors import NotSentError
from notifications.texts import Text
from portal import branding

logger = logging.getLogger(__name__)
HOUR = 3_600
PER_ADDRESS, PER_PLACE = 3, 20  # mails an hour to one address, and tries an hour from one network address
LINK_HOURS = 48


class AddressForm(forms.Form):
    """An address to be confirmed."""

    email = forms.EmailField(
        label=__("Your email address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class EmptyForm(forms.Form):
    """A button and nothing else."""


def acting(label: str, customer: Customer) -> Actor:
    """Somebody without a sign-in, at one customer: may do nothing but what an action allows to strangers."""
    return Actor(
        kind=ActorKind.SYSTEM, id=None, label=label, side=Side.CUSTOMER, customers=frozenset({customer.pk})
    )


def page(request: HttpRequest, own: Portal, *, status: int = 200, **more: Any) -> HttpResponse:
    """A page in this customer's looks."""
    with scoping.scope([own.customer_id]):
        desk = Installation.objects.first() or Installation()
    slug = own.customer.slug
    looks = (
        branding.links(
            own, reverse("portal:public_look", args=[slug]), reverse("portal:public_logo", args=[slug])
        )
        if own.status_is_public or own.takes_guests
        else {}
    )
    context = {
        "brand_name": own.name or desk.name,
        "help": branding.help_of(own, desk),
        **looks, **more,
    }  # fmt: skip
    response = render(request, "portal/said.html", context, status=status)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def may_ask(request: HttpRequest, name: str) -> bool:
    """Whether this network address may try once more within the hour."""
    return limits.allow(f"{name}:from", limits.address_of(request), most=PER_PLACE, seconds=HOUR)


def may_write(name: str, email: str) -> bool:
    """Whether this address may be written to once more within the hour."""
    return limits.allow(f"{name}:to", email_key(email), most=PER_ADDRESS, seconds=HOUR)


def seal(name: str, content: dict[str, Any]) -> str:
    """Content as a signed text for a link."""
    return signing.dumps(content, salt=f"portal.{name}", compress=True)


def unseal(name: str, token: str, *, hours: int = LINK_HOURS) -> dict[str, Any] | None:
    """The content of a link that we signed not too long ago; None for any other."""
    try:
        found = signing.loads(token, salt=f"portal.{name}", max_age=hours * HOUR)
    except signing.BadSignature:
        return None
    return found if isinstance(found, dict) else None


def send(email: str, text: Text, *, language: str = "", headers: dict[str, str] | None = None) -> bool:
    """Send one mail now; False where the mail server does not take it."""
    language = language or translation.get_language() or settings.LANGUAGE_CODE
    bodies = layout.lay_out(text, language)
    mail = EmailMultiAlternatives(
        subject=layout.one_line(text.subject)[:250], body=bodies["text"], from_email=settings.DEFAULT_FROM_EMAIL,
        to=[email], headers={"Auto-Submitted": "auto-generated", "Content-Language": language, **(headers or {})},
    )  # fmt: skip
    mail.attach_alternative(bodies["html"], "text/html")
    try:
        return bool(mail.send())
    except (OSError, smtplib.SMTPException, NotSentError, ValueError) as error:
        logger.warning("a mail to a stranger was not sent: %s", error)
        return False


def address(name: str, *args: Any) -> str:
    """A whole address of this installation, for a mail."""
    return f"{settings.BASE_URL}{reverse(f'portal:{name}', args=args)}"
