"""Gaps between agreements: where a team or a supplier may take longer than a customer was promised; who owns them."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_GET, require_http_methods

from accounts import queries, settings
from core import display, errors, pagination
from desk import doors, shell
from desk.forms import DeskForm, choices_of
from slas import fitting
from slas.choices import GapState
from slas.models import Gap

PAGE = 50
READ = "agreement.read"
KINDS = {GapState.OPEN: "danger", GapState.ACCEPTED: "warn", GapState.RESOLVED: "ok"}


class DecisionForm(DeskForm):
    """Who owns a gap, and what is done about it."""

    owner = django_forms.ChoiceField(label=__("Owner"))
    decision = django_forms.CharField(
        label=__("What is done about it?"),
        max_length=fitting.MOST,
        widget=django_forms.Textarea(attrs={"rows": 3}),
    )
    is_accepted = django_forms.BooleanField(label=__("It stays as it is: the risk is borne"), required=False)


@require_GET
@doors.page
def listing(request: HttpRequest) -> HttpResponse:
    """Gaps that are there, the newest first; `?state=resolved` for those that are gone."""
    if not request.actor.may(READ):
        raise errors.Forbidden(_("Agreements are for who may read them: ask an administrator."))
    is_gone = request.GET.get("state") == GapState.RESOLVED
    rows = Gap.objects.visible_to(request.actor)
    rows = rows.filter(state=GapState.RESOLVED) if is_gone else rows.unresolved()
    rows = rows.select_related(
        "customer", "outer", "inner", "through", "owner", "outer_target", "inner_target"
    )
    page = pagination.paginate(rows, pagination.keys("-id"), cursor=request.GET.get("cursor"), size=PAGE)
    return shell.render(
        request, "desk/gaps.html", current="gaps", rows=[row(one, request) for one in page.items], is_gone=is_gone,
        other_url=reverse("desk:gaps") + ("" if is_gone else "?state=resolved"),
        pager={
            "newer_url": _page_url(page.previous, is_gone=is_gone),
            "older_url": _page_url(page.next, is_gone=is_gone),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@doors.page
def decide(request: HttpRequest, gap_id: int) -> HttpResponse:
    """Give a gap an owner and say what is done about it."""
    gap = (
        Gap.objects.visible_to(request.actor)
        .select_related("outer", "inner", "owner")
        .filter(pk=gap_id)
        .first()
    )
    if gap is None:
        raise errors.NotFound(_("There is no such gap."))
    settings.require(request.actor, fitting.PERMISSION, gap.customer_id)
    people = {str(one.pk): one for one in queries.desk_users(request.actor)}
    present = {
        "owner": str(gap.owner_id or request.actor.user_id or ""), "decision": gap.decision,
        "is_accepted": gap.state == GapState.ACCEPTED,
    }  # fmt: skip
    form = DecisionForm(request.POST if request.method == "POST" else None, initial=present)
    form.fields["owner"].choices = [("", _("Choose…")), *choices_of(people.values())]
    if request.method == "POST" and form.is_valid():
        given = form.values()
        try:
            fitting.decide_gap(
                gap, by=request.actor, at=request.at, owner=people[given["owner"]], decision=given["decision"],
                is_accepted=given["is_accepted"],
            )  # fmt: skip
        except errors.Refused as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("The decision is recorded."))
            return _back(request)
    return _dialog(request, form, gap)


def row(gap: Gap, request: HttpRequest) -> dict[str, Any]:
    """One gap as a line: what does not fit, by how much, whose it is and what was decided."""
    may = gap.state != GapState.RESOLVED and request.actor.may(fitting.PERMISSION, gap.customer_id)
    return {
        "gap": gap,
        "sentence": sentence(gap),
        "state": gap.get_state_display(),
        "kind": KINDS[GapState(gap.state)],
        "decide_url": reverse("desk:gap", args=[gap.pk]) if may else "",
    }


def sentence(gap: Gap) -> str:
    """ "“Lakeside lines” may take 8 h 00, “Gold” promises 4 h 00 (P1): 4 h 00 too long"."""
    words = {
        "inner": gap.inner.name,
        "inner_time": display.duration(gap.inner_target.seconds),
        "outer": gap.outer.name,
        "outer_time": display.duration(gap.outer_target.seconds),
        "case": f"P{gap.outer_target.priority}" if gap.outer_target.priority else _("any priority"),
        "over": display.duration(gap.over_seconds),
        "through": gap.through.name if gap.through else "",
    }
    if gap.through:
        return (
            _(
                "“%(inner)s” may take %(inner_time)s after “%(through)s”, “%(outer)s” promises %(outer_time)s"
                " (%(case)s): %(over)s too long."
            )
            % words
        )
    return (
        _(
            "“%(inner)s” may take %(inner_time)s, “%(outer)s” promises %(outer_time)s (%(case)s): %(over)s too long."
        )
        % words
    )


def _dialog(request: HttpRequest, form: DecisionForm, gap: Gap) -> HttpResponse:
    status = 422 if form.errors else 200
    context = {
        "title": _("Decide about a gap"), "form": form, "submit": _("Record it"), "text": sentence(gap),
        "action": request.get_full_path(),
    }  # fmt: skip
    if doors.is_fragment(request):
        return shell.fragment(request, "desk/_dialog.html", status=status, **context)
    url = reverse("desk:gaps")
    back = {"url": url, "label": _("Gaps between agreements")}
    return shell.render(request, "desk/form.html", status=status, back=back, cancel_url=url, **context)


def _back(request: HttpRequest) -> HttpResponse:
    if doors.is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect("desk:gaps")


def _page_url(cursor: str | None, *, is_gone: bool) -> str:
    if not cursor:
        return ""
    more = {"state": GapState.RESOLVED} if is_gone else {}
    return f"{reverse('desk:gaps')}?{urlencode({**more, 'cursor': cursor})}"
