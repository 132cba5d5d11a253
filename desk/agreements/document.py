"""One agreement as a document: what it says, its versions and what differs, who approved, what may be done now."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from approvals.choices import Verdict
from approvals.models import Approval
from approvals.queries import of as asked_of
from core import errors
from desk import doors, gaps, shell
from desk.agreements import deeds, records
from journal.models import Entry
from slas import documents, drafts, fitting, wording
from slas.choices import VersionState
from slas.drafts import AgreementDraft
from slas.models import Agreement, AgreementVersion, Gap

VERDICTS = {Verdict.PENDING: "warn", Verdict.APPROVED: "ok", Verdict.DECLINED: "danger", Verdict.VOID: "line"}
STORY = 12  # entries of the journal on the page


@require_GET
@doors.page
def document(request: HttpRequest, key: int, number: int | None = None) -> HttpResponse:
    """The latest version, or the one that the address names."""
    row = records.get(request, key)
    versions = documents.versions_of(row)
    shown = next((one for one in versions if one.number == (number or row.version)), None)
    if shown is None:
        raise errors.NotFound(_("There is no such version of this agreement."))
    today = documents.today_of(row, request.at)
    draft = documents.draft_of(row, shown.number)
    may_rehearse = request.actor.may(records.WRITE)
    return shell.render(
        request, "desk/agreement.html", current="agreements", is_narrow=True, title=row.name, agreement=row,
        back=records.crumb(), with_whom=records.with_whom(row), shown=shown,
        phase=records.phase_of(documents.phase(shown, today)), is_latest=shown.number == row.version,
        latest_url=records.url(row), text=_text(draft), versions=_versions(row, versions, today, shown),
        changes=_changes(row, shown, draft), before=shown.number - 1, deeds=deeds.offered(row, versions[0], request),
        approvals=_approvals(row, shown, request), missing=_missing(row, shown, draft, request),
        rehearse_url=f"{reverse('desk:rehearse')}?agreement={row.pk}" if may_rehearse else "",
        story=_story(row, request), gaps=_gaps(row, request),
    )  # fmt: skip


def _text(draft: AgreementDraft) -> dict[str, Any]:
    """What it says, with what only we read."""
    needs = [
        {"text": str(one), "url": reverse("desk:requirement", args=[one.pk])} for one in draft.requirements
    ]
    return {
        **wording.text(draft), "steps": wording.steps(draft), "based_on": draft.based_on,
        "moves_running": draft.moves_running, "requirements": needs if draft.customer else None,
    }  # fmt: skip


def _gaps(row: Agreement, request: HttpRequest) -> list[dict[str, Any]]:
    """Where the chain that it belongs to does not hold, as far as this person sees it."""
    found = fitting.gaps_of(row)
    rows = Gap.objects.visible_to(request.actor).filter(pk__in=[one.pk for one in found])
    seen = set(rows.values_list("pk", flat=True))
    return [gaps.row(one, request) for one in found if one.pk in seen]


def _versions(
    row: Agreement, versions: list[AgreementVersion], today: dt.date, shown: AgreementVersion
) -> list[dict[str, Any]]:
    return [
        {
            "number": one.number,
            "phase": records.phase_of(documents.phase(one, today)),
            "valid_from": one.valid_from,
            "valid_to": one.valid_to,
            "agreed_at": one.agreed_at,
            "current": one.number == shown.number,
            "url": reverse("desk:agreement-version", args=[row.pk, one.number]),
        }
        for one in versions
    ]


def _changes(row: Agreement, shown: AgreementVersion, draft: AgreementDraft) -> list[wording.Difference]:
    """Against the version before; the first has nothing to differ from."""
    if shown.number == 1:
        return []
    return wording.differences(documents.draft_of(row, shown.number - 1), draft)


def _approvals(row: Agreement, shown: AgreementVersion, request: HttpRequest) -> list[dict[str, Any]]:
    """What each side was asked and said about this version, with what may be answered here and now."""
    asked = list(asked_of(row, shown.number))
    return [
        {
            "side": _side(row, one), "verdict": one.get_verdict_display(), "kind": VERDICTS[Verdict(one.verdict)],
            "row": one, "deeds": deeds.answers(row, one, request) if one.verdict == Verdict.PENDING else [],
        }
        for one in asked
    ]  # fmt: skip


def _side(row: Agreement, one: Approval) -> str:
    """Whose consent it is, by name."""
    names = {"customer": row.customer, "team": row.team, "supplier": row.supplier}
    name = names.get(one.side)
    return f"{one.get_side_display()}: {name}" if name else str(one.get_side_display())


def _missing(
    row: Agreement, shown: AgreementVersion, draft: AgreementDraft, request: HttpRequest
) -> list[dict[str, Any]] | None:
    """What it lacks before it can be offered, with the place where that is said; None where nobody asks."""
    is_open = shown.number == row.version and shown.state == VersionState.DRAFT
    if not is_open or row.is_default or not records.may_write(request.actor, row.customer_id):
        return None
    try:
        drafts.check_offer(draft)
    except errors.Invalid as refusal:
        edit = reverse("desk:agreement-edit", args=[row.pk])
        return [
            {"text": text, "url": f"{edit}#part-{name}"}
            for name, texts in refusal.errors.items()
            for text in texts
        ]
    return []


def _story(row: Agreement, request: HttpRequest) -> list[dict[str, Any]]:
    """What happened to it, the newest first."""
    entries = Entry.objects.visible_to(request.actor).about(row.journal_kind, row.pk).order_by("-id")[:STORY]
    words = {
        "created": _("written"), "changed": _("changed"), "offered": _("offered"), "approved": _("approved"),
        "declined": _("declined"), "agreed": _("agreed by both sides"), "withdrawn": _("withdrawn"),
        "ended": _("ended"),
    }  # fmt: skip
    return [
        {
            "at": one.at, "who": one.data.get("person") or one.actor_label,
            "what": words.get(one.name.partition(".")[2], one.name), "version": one.data.get("document"),
            "more": one.data.get("reason") or one.data.get("comment") or one.data.get("evidence") or "",
        }
        for one in entries
    ]  # fmt: skip
