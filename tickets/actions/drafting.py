"""Drafts: kept for their author while he writes. No entry is recorded: what is not said is nobody else's business."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from tickets.choices import DraftKind
from tickets.models import Draft, Upload

LONGEST = 100_000


def save_draft(
    *,
    place: str,
    kind: str,
    by: Actor,
    at: dt.datetime,
    body: str,
    uploads: Iterable[str] = (),
    fields: Mapping[str, Any] | None = None,
    caret: int | None = None,
    seen: int = 0,
    version: int = 0,
) -> Draft | None:
    """Keep what the actor has written in this editor; nothing written = no draft (None).

    `version` is the one the editor knows, 0 for none. Raises Stale (another window of his was faster; `record` is
    that draft), Invalid (too long, a file that is gone).
    """
    if kind not in DraftKind.values:
        raise errors.NotFound(_("There is no such editor."))
    _require_text(body, fields or {})
    row = Draft.objects.select_for_update().filter(caller=by.key, place=place, kind=kind).first()
    if row is not None and row.version != version:
        raise errors.Stale(_("This draft was changed in another window of yours."), record=row)
    files = own_files(uploads, by)
    if not body.strip() and not files and not fields:
        if row is not None:
            row.delete()
        return None
    row = row or Draft(caller=by.key, place=place, kind=kind, version=0)
    row.body, row.uploads, row.fields = body, files, dict(fields or {})
    row.caret, row.seen, row.updated_at, row.problem = caret, seen, at, ""
    row.version += 1
    row.save()
    return row


def drop_draft(*, place: str, kind: str, by: Actor, at: dt.datetime) -> None:  # noqa: ARG001 - one shape of actions
    """Forget what the actor wrote in this editor: it was sent, or he does not want it."""
    Draft.objects.filter(caller=by.key, place=place, kind=kind).delete()


def drafts_at(place: str, *, by: Actor) -> dict[str, Draft]:
    """The actor's drafts at one place, by kind."""
    return {one.kind: one for one in Draft.objects.filter(caller=by.key, place=place)}


def give_back(
    *,
    place: str,
    by: Actor,
    at: dt.datetime,
    body: str,
    uploads: Iterable[Any],
    caret: int | None,
    problem: str = "",
) -> Draft:
    """Put a reply that did not leave back into its editor, above what was begun there meanwhile."""
    row = Draft.objects.select_for_update().filter(caller=by.key, place=place, kind=DraftKind.REPLY).first()
    row = row or Draft(caller=by.key, place=place, kind=DraftKind.REPLY, version=0)
    row.body = f"{body}\n\n{row.body}" if row.body.strip() else body
    row.uploads = list(dict.fromkeys([*uploads, *row.uploads]))
    row.caret, row.problem, row.updated_at = caret, problem[:500], at
    row.version += 1
    row.save()
    return row


def _require_text(body: str, fields: Mapping[str, Any]) -> None:
    """Raises Invalid for what is too long, or no text that can be stored."""
    texts = [
        body,
        *(text for value in fields.values() for text in (value if isinstance(value, list) else [value])),
    ]
    everything = "".join([*texts, *fields])
    if len(everything) > LONGEST:
        raise errors.required("body", _("This is longer than %(most)s characters.") % {"most": LONGEST})
    if any(letter == "\x00" or "\ud800" <= letter <= "\udfff" for letter in everything):
        raise errors.required(
            "body", _("This holds characters that are no text (NUL or half a surrogate pair).")
        )


def own_files(ids: Iterable[str], by: Actor) -> list[Any]:
    """Those of the ids that are files this caller uploaded and that no message took yet."""
    wanted = list(dict.fromkeys(str(one) for one in ids))
    if not wanted:
        return []
    try:
        known = {
            str(one)
            for one in Upload.objects.filter(id__in=wanted, caller=by.key).values_list("id", flat=True)
        }
    except ValidationError as error:
        raise errors.required("uploads", _("A file is named by the id that its upload answered.")) from error
    return [one for one in wanted if one in known]
