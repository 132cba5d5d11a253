"""Report a fault without a sign-in: a form, a mail with a link, a page with a button, and only then a ticket.

Whatever the address, the answers are the same: who is known here is nobody's business.
"""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_http_methods

from accounts.models import Portal
from core import errors, problems
from core.actor import ALL
from customers import scoping
from incidents import guests
from incidents.models import GuestReport, GuestState
from notifications.texts import Text
from portal import strangers

NAME = "guest"


class GuestForm(forms.Form):
    """A name, an address, and what is wrong."""

    name = forms.CharField(
        label=__("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=__("Your email address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    what = forms.CharField(
        label=__("What happens?"), widget=forms.Textarea(attrs={"rows": 6}), max_length=20_000,
        help_text=__("In your own words: what did you want to do, and what happened instead?"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of a customer that takes guests; the same 404 for every other."""
    with scoping.scope(ALL):
        rows = Portal.objects.filter(customer__slug=slug, takes_guests=True).select_related("customer")
        own = rows.first()
    if own is None:
        return problems.respond(request, errors.NotFound(_("There is no form for guests here.")))
    form = GuestForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        text = _(
            "You get a mail with a link. Once you have pressed the button behind it, the desk has your report."
        )
        return strangers.page(
            request, own, status=status, title=_("Report a fault"), text=text, form=form, submit=_("Send")
        )
    if strangers.may_ask(request, NAME) and strangers.may_write(NAME, form.cleaned_data["email"]):
        _keep(own, form.cleaned_data)
    return strangers.page(
        request, own, title=_("Look into your mail"),
        text=_("If the address is right, a mail with a link is on its way. It works for 48 hours."),
    )  # fmt: skip


def _keep(own: Portal, given: dict[str, str]) -> None:
    language = translation.get_language() or own.customer.language
    with scoping.scope([own.customer_id]) as here:
        row = guests.leave(
            own.customer,
            name=given["name"],
            email=given["email"],
            text=given["what"],
            language=language,
            at=here.at,
        )
    text = Text(
        subject=_("Confirm your report"),
        lines=[_("Somebody, probably you, has reported a fault with this address.")],
        quote=row.text[:2_000],
        quoted=_("The report:"),
        links=[(_("Open the page with the button"), strangers.address("confirm_guest", _token(row)))],
        why=_("If it was not you, do nothing: it is forgotten after two days."),
    )
    strangers.send(row.email, text, language=language)


def _token(row: GuestReport) -> str:
    return strangers.seal(NAME, {"id": row.pk})


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the mailed link; its button opens the ticket, once."""
    given = strangers.unseal(NAME, token)
    with scoping.scope(ALL):
        rows = GuestReport.objects.select_related("customer__portal", "ticket")
        row = rows.filter(pk=given["id"]).first() if given else None
        own = getattr(row.customer, "portal", None) if row else None
    if row is None or own is None or not own.takes_guests:
        return problems.respond(
            request, errors.NotFound(_("This link is not valid, or no more: nothing was changed."))
        )
    with translation.override(row.language):
        if request.method == "POST":
            with scoping.scope([own.customer_id]) as here:
                row = guests.confirm(row, at=here.at)
        return _shown(request, own, row)


def _shown(request: HttpRequest, own: Portal, row: GuestReport) -> HttpResponse:
    if row.state == GuestState.SENT:
        return strangers.page(
            request,
            own,
            title=_("Send this report?"),
            text=row.text,
            form=strangers.EmptyForm(),
            submit=_("Send it"),
        )
    text = _("The desk has your report, looks at it, and answers by mail.")
    if row.ticket is not None:
        text = _("We have your report: it is %(number)s. Answers come by mail.") % {
            "number": row.ticket.number
        }
    return strangers.page(request, own, title=_("Thank you"), text=text)
