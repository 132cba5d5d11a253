"""The list of agreements: by kind and by where they stand, with what holds today and when it ends."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_GET

from core import pagination
from core.actor import Actor
from desk import doors, shell, sidebar
from desk.agreements import records, samples
from slas import documents
from slas.choices import AgreementKind, VersionState
from slas.force import OPEN
from slas.models import Agreement, AgreementVersion

PAGE = 50
ORDER = pagination.keys("name", "id")
PHASES = {
    "draft": __("Draft"), "waiting": __("Waiting for approval"), "active": __("Active"), "ended": __("Ended"),
}  # fmt: skip
KINDS = {
    AgreementKind.SLA: __("Customers (SLA)"), AgreementKind.OLA: __("Teams (OLA)"),
    AgreementKind.UC: __("Suppliers (UC)"), AgreementKind.INTERNAL: __("Internal suppliers"),
}  # fmt: skip


@require_GET
@doors.page
def listing(request: HttpRequest) -> HttpResponse:
    """All that this person sees; ?kind=, ?phase= and ?q= narrow it."""
    records.require_reader(request)
    asked = {
        "kind": _one_of(request.GET.get("kind"), KINDS), "phase": _one_of(request.GET.get("phase"), PHASES),
        "q": request.GET.get("q", "").strip()[:100].replace("\x00", ""),
    }  # fmt: skip
    everything = _rows(request.actor, timezone.localdate(request.at))
    rows = _named(everything, asked["q"])
    counts = _counts(rows)
    for name in ("kind", "phase"):
        rows = rows.filter(_condition(name, asked[name]))
    page = pagination.paginate(rows, ORDER, cursor=request.GET.get("cursor"), size=PAGE)
    may_write = request.actor.may(records.WRITE)
    return shell.render(
        request, "desk/agreements.html", current="agreements", title=_("Agreements"), q=asked["q"],
        rows=_shown(page.items, request), kinds=_tabs(asked, "kind", KINDS, counts),
        phases=_tabs(asked, "phase", PHASES, counts), is_narrowed=any(asked.values()),
        new_url=reverse("desk:agreement-new") if may_write else "", needs_url=reverse("desk:requirements"),
        now_url=sidebar.address("desk:levels"), samples=samples.offered() if may_write else [],
        rehearse_url=reverse("desk:rehearse") if may_write else "",
        pager={"newer_url": _to(asked, page.previous), "older_url": _to(asked, page.next)},
    )  # fmt: skip


def _one_of(value: str | None, known: Any) -> str:
    return value if value in known else ""


def _rows(actor: Actor, today: dt.date) -> "QuerySet[Agreement]":
    """What he may see, each with where it stands: several may be true, as of one in force with a newer draft."""
    versions = AgreementVersion.objects.filter(agreement=OuterRef("pk"))
    agreed = versions.filter(state=VersionState.AGREED)
    newest = versions.filter(number=OuterRef("version"))
    to_come = agreed.filter(documents.in_period(today, None))
    return documents.visible(actor).annotate(
        in_draft=Exists(newest.filter(state__in=(VersionState.DRAFT, VersionState.DECLINED))),
        in_waiting=Exists(versions.filter(state=VersionState.OFFERED)),
        in_active=Exists(to_come),
        in_ended=Exists(agreed) & ~Exists(to_come) & ~Exists(versions.filter(state__in=OPEN)),
    )  # fmt: skip


def _named(rows: "QuerySet[Agreement]", words: str) -> "QuerySet[Agreement]":
    if not words:
        return rows
    fields = ("name", "customer__name", "team__name", "supplier__name")
    wanted = Q()
    for name in fields:
        wanted |= Q(**{f"{name}__icontains": words})
    return rows.filter(wanted)


def _condition(name: str, value: str) -> Q:
    if not value:
        return Q()
    return Q(kind=value) if name == "kind" else Q(**{f"in_{value}": True})


def _counts(rows: "QuerySet[Agreement]") -> dict[str, int]:
    """How many there are of each kind, and in each place."""
    wanted = {f"kind_{one}": Count("pk", filter=Q(kind=one)) for one in KINDS}
    wanted |= {f"phase_{one}": Count("pk", filter=Q(**{f"in_{one}": True})) for one in PHASES}
    return rows.order_by().aggregate(all=Count("pk"), **wanted)


def _tabs(asked: dict[str, str], name: str, known: Any, counts: dict[str, int]) -> list[dict[str, Any]]:
    found = [{"label": _("All"), "count": counts["all"], "value": ""}]
    found += [
        {"label": label, "count": counts[f"{name}_{value}"], "value": str(value)}
        for value, label in known.items()
    ]
    return [
        {**one, "url": _to({**asked, name: one["value"]}, ""), "current": one["value"] == asked[name]}
        for one in found
    ]


def _to(asked: dict[str, str], cursor: str | None) -> str:
    """The address of the list like this; nothing where there is no such page."""
    if cursor is None:
        return ""
    values = {name: value for name, value in {**asked, "cursor": cursor}.items() if value}
    return reverse("desk:agreements") + (f"?{urlencode(values)}" if values else "")


def _shown(rows: list[Agreement], request: HttpRequest) -> list[dict[str, Any]]:
    ids = [one.pk for one in rows]
    known = {one.pk: one for one in documents.agreements(request.actor).filter(pk__in=ids)}
    versions, zone = documents.all_versions(rows), records.provider_zone()
    return [_row(known[pk], versions[pk], records.today(known[pk], request.at, zone)) for pk in ids]


def _row(agreement: Agreement, versions: list[AgreementVersion], today: dt.date) -> dict[str, Any]:
    agreed = [one for one in versions if one.state == VersionState.AGREED]
    holds = next((one for one in agreed if documents.phase(one, today) == "active"), None)
    return {
        "url": records.url(agreement),
        "name": agreement.name,
        "with": records.with_whom(agreement),
        "customer": agreement.customer.name if agreement.customer and (agreement.team or agreement.supplier) else "",
        "kind": agreement.get_kind_display(),
        "latest": versions[0].number,
        "phase": records.phase_of(documents.phase(versions[0], today)),
        "holds": holds.number if holds else "",
        "ends": holds.valid_to if holds else None,
        "hours": agreement.latest.calendar,
    }  # fmt: skip
