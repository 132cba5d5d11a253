"""The change log of the Settings: what was changed by whom, when and why, newest first."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import errors, pagination
from core.actor import Actor
from desk import doors, shell
from desk.settings.section import READ
from journal.models import Entry
from tickets import processes

PAGE = 50
ORDER = pagination.keys("-id")
_SAYS_NOTHING = (None, "", False, [], {})


@require_GET
@doors.page
def log(request: HttpRequest) -> HttpResponse:
    """Entries about everything but tickets and mails."""
    if not request.actor.may(READ):
        raise errors.Forbidden(_("The change log opens with the role Administrator or Auditor."))
    page = pagination.paginate(_entries(request.actor), ORDER, cursor=request.GET.get("cursor"), size=PAGE)
    url = reverse("desk:settings-log")
    return shell.render(
        request, "desk/settings_log.html", current="settings", title=_("Change log"),
        rows=[_row(one) for one in page.items], back={"url": reverse("desk:settings"), "label": _("Settings")},
        pager={
            "newer_url": f"{url}?cursor={page.previous}" if page.previous else "",
            "older_url": f"{url}?cursor={page.next}" if page.next else "",
        },
    )  # fmt: skip


def newest(actor: Actor, count: int) -> list[dict[str, Any]]:
    """The newest changes, as the log shows them."""
    return [_row(one) for one in _entries(actor).order_by("-id")[:count]]


def last_change(row: Any, actor: Actor) -> Entry | None:
    """Who changed a row of the Settings last, and why; None where nobody has, or where he may not read it."""
    kind = getattr(row, "journal_kind", "")
    if not kind or not actor.may(READ):
        return None
    return Entry.objects.visible_to(actor).about(kind, row.pk).order_by("-at", "-id").first()


def _entries(actor: Actor) -> Any:
    work = [*(one.kind for one in processes.every()), "message"]
    return Entry.objects.visible_to(actor).exclude(subject_kind__in=work)


def _row(entry: Entry) -> dict[str, Any]:
    made = {name: value for name, value in entry.data.get("values", {}).items() if value not in _SAYS_NOTHING}
    changes = entry.data.get("changes", {})
    return {
        "at": entry.at,
        "who": entry.actor_label,
        "what": entry.name.replace("_", " ").replace(".", " "),
        "subject": entry.subject_label,
        "changes": [
            (name.replace("_", " "), *(_shown(one) for one in pair))
            for name, pair in changes.items()
            if isinstance(pair, list) and len(pair) == 2
        ],
        "values": [
            (name.replace("_", " "), _shown(value)) for name, value in made.items() if name != "version"
        ],
        "reason": entry.data.get("reason", ""),
    }


def _shown(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 120 else f"{text[:119]}…"
