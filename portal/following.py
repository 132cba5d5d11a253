"""Follow the status by mail: asked twice (a link in a mail leads to a page with a button), left with one button."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Portal
from core import errors, problems
from core.actor import ALL
from customers import scoping
from incidents import following
from incidents.models import StatusNotice, StatusSubscription
from notifications import links
from notifications.texts import Text
from portal import frame, status, strangers

NAME = "follow"
STOP_HOURS = 24 * 365 * 5


@require_POST
@frame.door
def own(request: HttpRequest) -> HttpResponse:
    """Tell this person by mail from now on, or (`stop`) no more: his address is known already."""
    person = next((one for one in request.persons if one.customer == request.customer and one.email), None)
    if person is None:
        raise errors.Forbidden(_("We know no mail address of yours: ask your service desk to enter it."))
    if "stop" in request.POST:
        row = following.find(person.customer_id, person.email)
        if row:
            following.stop(row, by=request.actor, at=request.at)
        messages.success(request, _("You are told no more."))
    else:
        following.follow(
            person.customer, person.email, by=request.actor, at=request.at,
            language=translation.get_language(), person=person,
        )  # fmt: skip
        messages.success(request, _("You are told from now on."))
    return redirect("portal:status")


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Leave an address at a public status page. The answer is the same whatever the address."""
    with scoping.scope(ALL):
        found = status.find_public(slug)
    if found is None:
        return _nothing_here(request)
    form = strangers.AddressForm(request.POST if request.method == "POST" else None)
    title = _("Tell me by mail")
    if request.method != "POST" or not form.is_valid():
        shown = 422 if request.method == "POST" else 200
        return strangers.page(
            request, found, status=shown, title=title, form=form, submit=_("Send me the link")
        )
    if strangers.may_ask(request, NAME):
        _write(found, form.cleaned_data["email"])
    text = _("If the address is right, a mail with a link is on its way. It works for 48 hours.")
    return strangers.page(request, found, title=_("Look into your mail"), text=text, home_url=_home(found))


def _write(found: Portal, email: str) -> None:
    if not strangers.may_write(NAME, email):
        return
    language = translation.get_language()
    token = strangers.seal(NAME, {"customer": found.customer_id, "email": email, "language": language})
    name = str(found)
    text = Text(
        subject=_("Confirm: service status of %(name)s") % {"name": name},
        lines=[_("Somebody, probably you, wants to be told at this address when something is wrong.")],
        links=[(_("Open the page with the button"), strangers.address("confirm_follow", token))],
        why=_("If it was not you, do nothing: nothing is kept."),
    )
    strangers.send(email, text)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the mailed link; its button begins it."""
    given = strangers.unseal(NAME, token)
    with scoping.scope(ALL):
        rows = Portal.objects.filter(status_is_public=True).select_related("customer")
        found = rows.filter(customer_id=given["customer"]).first() if given else None
    if given is None or found is None:
        return _nothing_here(request)
    title = _("Service status of %(name)s") % {"name": found}
    if request.method != "POST":
        text = _("We tell %(email)s when something is wrong, and when it is over.") % {
            "email": given["email"]
        }
        return strangers.page(
            request, found, title=title, text=text, form=strangers.EmptyForm(), submit=_("Tell me by mail")
        )
    with scoping.scope([found.customer_id]) as here:
        by = strangers.acting(given["email"], found.customer)
        following.follow(found.customer, given["email"], by=by, at=here.at, language=given["language"])
    return strangers.page(
        request, found, title=title, text=_("You are told from now on."), home_url=_home(found)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link under each mail; its button ends it."""
    given = strangers.unseal(f"{NAME}.stop", token, hours=STOP_HOURS)
    if given is None:
        return _nothing_here(request)
    with scoping.scope(ALL) as here:
        row = StatusSubscription.objects.filter(pk=given["id"]).select_related("customer__portal").first()
        if row is not None and request.method == "POST":
            by = strangers.acting(row.email, row.customer)
            following.stop(row, by=by, at=here.at)
    if row is None or request.method == "POST":
        own = getattr(row.customer, "portal", None) if row else None
        return _ended(request, own)
    own = getattr(row.customer, "portal", None) or Portal(customer=row.customer)
    text = _("No more mails about disturbances to %(email)s?") % {"email": row.email}
    return strangers.page(
        request,
        own,
        title=_("Tell me no more"),
        text=text,
        form=strangers.EmptyForm(),
        submit=_("Tell me no more"),
    )


def _ended(request: HttpRequest, own: Portal | None) -> HttpResponse:
    if own is None:
        return _nothing_here(request)
    return strangers.page(request, own, title=_("Done"), text=_("You are told no more."))


def _nothing_here(request: HttpRequest) -> HttpResponse:
    return problems.respond(
        request, errors.NotFound(_("This link is not valid, or no more: nothing was changed."))
    )


def _home(found: Portal) -> str:
    return reverse("portal:public_status", args=[found.customer.slug])


def tell_followers() -> int:
    """Send each follower what he has not been told. Returns how many mails left.

    What was sent is written down before the next one: after a crash one mail at most comes twice.
    """
    with scoping.scope(ALL):
        newest = StatusNotice.objects.order_by("-id").values_list("id", flat=True).first() or 0
        ids = list(StatusSubscription.objects.filter(told_id__lt=newest).values_list("id", flat=True))
    return sum(_tell(one) for one in ids)


def _tell(subscription_id: int) -> int:
    with scoping.scope(ALL) as here:
        rows = StatusSubscription.objects.select_for_update(skip_locked=True, of=("self",))
        row = rows.filter(pk=subscription_id).select_related("customer").first()
        if row is None:
            return 0
        sent = 0
        with translation.override(row.language):
            for notice in following.untold(row, here.at):
                if not strangers.send(
                    row.email, _text(row, notice), language=row.language, headers=_headers(row, notice)
                ):
                    break
                row.told_id, sent = notice.pk, sent + 1
        row.save(update_fields=["told_id"])
        return sent


def _text(row: StatusSubscription, notice: StatusNotice) -> Text:
    return Text(
        subject=f"{notice.get_state_display()}: {notice.title}",
        lines=[notice.text],
        links=[(_("Tell me no more"), _stop_address(row))],
        why=_("You get this mail because you follow the service status of %(name)s.")
        % {"name": row.customer.name},
    )


def _stop_address(row: StatusSubscription) -> str:
    return strangers.address("stop_follow", strangers.seal(f"{NAME}.stop", {"id": row.pk}))


def _headers(row: StatusSubscription, notice: StatusNotice) -> dict[str, str]:
    return {
        "Message-ID": f"<status-{notice.pk}-{row.pk}@{links.host()}>",
        "List-Unsubscribe": f"<{_stop_address(row)}>",
    }
