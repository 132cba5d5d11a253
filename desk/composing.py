"""The two editors of a ticket as desk/_composer.html reads them: on the ticket's page and beside the queue."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from desk import drafts, outbox, position
from desk.forms import DeskForm
from tickets import actions
from tickets.choices import AfterSend, DraftKind, HoldKind
from tickets.models import Draft, Message, PendingSend, Ticket

MORNING_HOUR = 9


@dataclass(frozen=True)
class Held:
    """Why a send was held: something new, or sentences by code; the form as it was sent, and what a macro changes."""

    kind: str = ""
    form: DeskForm | None = None
    text: str = ""
    warnings: dict[str, str] = field(default_factory=dict)
    waved: tuple[str, ...] = ()
    edits: tuple[dict[str, Any], ...] = ()


def context(
    request: HttpRequest,
    ticket: Ticket,
    allowed: set[str],
    *,
    seen: int,
    opened: str = "",
    held: Held | None = None,
    pending: list[PendingSend] | None = None,
    took_part: set[int] | None = None,
    has_draft: bool = True,
) -> dict[str, Any] | None:
    """What the editors show; None for who may neither reply nor note.

    `seen` is the id of the newest message on the page, `took_part` the persons who ever wrote here.
    """
    if not {"reply", "note"} & allowed:
        return None
    held = held or Held()
    kept = actions.drafts_at(ticket.number, by=request.actor) if has_draft else {}
    sent = outbox.waiting(ticket, request.actor) if pending is None else pending
    query = position.query_of(request)
    ids = {kind: _ids(kind, kept, held) for kind in (DraftKind.REPLY, DraftKind.NOTE)}
    known = drafts.files_of([one for some in ids.values() for one in some])
    files = {kind: [known[one] for one in some if one in known] for kind, some in ids.items()}
    return {
        "open": opened if opened in allowed & {"reply", "note"} else "",
        "ticket": ticket.number,
        "version": ticket.version,
        "seen": seen,
        "reply": _editor("reply", ticket, allowed, query, kept, files, held),
        "note": _editor("note", ticket, allowed, query, kept, files, held),
        "recipients": recipients(ticket, took_part),
        "send": _send(allowed, held),
        "outbox": outbox.shown(sent, ticket, request),
        "upload_url": reverse("desk:draft-upload"),
        "mentions_url": reverse("desk:mentions"),
        "records_url": reverse("desk:records"),
        "macros_url": reverse("desk:macros", args=[ticket.number]),
        "next_url": "",
    }


def _editor(
    kind: str,
    ticket: Ticket,
    allowed: set[str],
    query: str,
    kept: dict[str, Draft],
    files: dict[Any, list[dict[str, Any]]],
    held: Held,
) -> dict[str, Any] | None:
    if kind not in allowed:
        return None
    draft, form = kept.get(kind), held.form if held.kind == kind else None
    return {
        "url": reverse(f"desk:{kind}", args=[ticket.number]) + query,
        "address": position.editor(query, kind),
        "draft_url": reverse("desk:draft", args=[ticket.number, kind]),
        "form": form,
        "text": form["body"].value() or "" if form is not None else draft.body if draft else "",
        "draft": draft,
        "files": files[kind],
        "held_text": held.text if held.kind == kind else "",
        "warnings": held.warnings if held.kind == kind else {},
        "anyway": ",".join([*held.waved, *held.warnings]) if held.kind == kind else "",
        "edits": held.edits if held.kind == kind else [],
    }


def _ids(kind: str, kept: dict[str, Draft], held: Held) -> list[str]:
    """The files that wait in one editor: as the form came back, else as the draft says."""
    if held.form is not None and held.kind == kind:
        return list(held.form.data.getlist("upload"))  # type: ignore[attr-defined]
    return [str(one) for one in kept[kind].uploads] if kind in kept else []


def recipients(ticket: Ticket, took_part: set[int] | None = None) -> list[dict[str, Any]]:
    """Who gets a reply, in sight: by name and address, marked where he cannot be reached or never wrote here."""
    who = ticket.requester
    if who is None:
        return []
    return [
        {
            "name": f"{who.name} <{who.email}>" if who.email else who.name,
            "is_external": not who.email,
            "is_new": took_part is not None and who.pk not in took_part,
        }
    ]


def took_part(messages: list[Message]) -> set[int]:
    """The persons who wrote on a ticket."""
    return {one.person_id for one in messages if one.person_id}


def _send(allowed: set[str], held: Held) -> dict[str, Any]:
    """What sending does to the state: the choices of Ctrl . with the deed that the button then says; the first one
    is chosen, or what a held send had chosen."""
    found = [_choice("", _("Leave the status"), _("Send"))]
    if "hold" in allowed:
        found.insert(0, _choice(AfterSend.HOLD, HoldKind.CUSTOMER.label))
        morning = formats.date_format(tomorrow(), _("j M H:i"))
        found.append(_choice(AfterSend.SCHEDULED, _("Hold until %(when)s") % {"when": morning}))
    if "resume" in allowed:
        found.append(_choice(AfterSend.RESUME, AfterSend.RESUME.label))
    asked = held.form.data.get("then") if held.form is not None else None
    chosen = next((one for one in found if one["value"] == asked), found[0])
    return {"choices": found, **chosen}


def _choice(value: str, label: Any, deed: str = "") -> dict[str, str]:
    said = deed or _("Send, set %(status)s") % {"status": label}
    return {"value": value, "label": str(label), "deed": str(said)}


def tomorrow() -> Any:
    """Tomorrow at nine where the reader is."""
    here = timezone.localtime(timezone.now())
    morning = here.replace(hour=MORNING_HOUR, minute=0, second=0, microsecond=0, tzinfo=None)
    return timezone.make_aware(morning + timezone.timedelta(days=1))
