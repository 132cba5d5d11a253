"""A report to take away: PDF by typst, and CSV. Texts reach the document as data, never as its markup (ADR 80)."""

import functools
import json
import threading
from pathlib import Path
from typing import Any

import typst
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from core import display, tables
from reporting.presenting import Shown
from reporting.queries import Edition

_ONE_AT_A_TIME = threading.Lock()  # a compiler is nobody else's while it works
TEMPLATE = Path(__file__).with_name("report.typ")


def as_pdf(found: Edition, shown: Shown) -> HttpResponse:
    """The report as a tagged PDF, in the reader's language."""
    return HttpResponse(
        pdf(found, shown),
        content_type="application/pdf",
        headers={
            "Content-Disposition": content_disposition_header(
                as_attachment=True, filename=_name(found, "pdf")
            )
            or "attachment",
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


def pdf(found: Edition, shown: Shown) -> bytes:
    """The bytes of the document."""
    given = json.dumps(_data(found, shown), ensure_ascii=False)
    with _ONE_AT_A_TIME:
        made: bytes = _compiler().compile(format="pdf", sys_inputs={"report": given}, pdf_standards="ua-1")
    return made


def as_csv(found: Edition, shown: Shown) -> HttpResponse:
    """All tables below each other, each line led by the name of its table."""
    lines: list[list[str]] = [[_("Report"), label, value] for label, value in _all_facts(found, shown)]
    for table in shown.tables:
        lines.append([table.title, *(label for label, _is_number in table.columns)])
        lines += [[table.title, *(cell.text for cell in row)] for row in table.rows]
    return tables.as_csv(_name(found, "csv"), [_("Part"), shown.title], lines)


def _all_facts(found: Edition, shown: Shown) -> list[tuple[str, str]]:
    return [*shown.facts, (_("State"), state(found)), *_signature(found)]


def state(found: Edition) -> str:
    """What this edition is: a preview, a draft, issued by whom, an amendment and why."""
    report = found.report
    if found.number is None:
        return _("Period not over: preview") if found.is_preview else _("Draft, not issued")
    issued = _("Issued on %(when)s") % {"when": _when(report.issued_at)}
    if not found.number:
        return issued
    amendment = found.amendments[found.number - 1]
    words = {
        "issued": issued,
        "number": found.number,
        "when": _when(amendment.at),
        "reason": amendment.reason,
    }
    return _("%(issued)s. Amendment %(number)s on %(when)s: %(reason)s") % words


def _when(at: Any) -> str:
    return display.full_moment(at) if at else ""


def _signature(found: Edition) -> list[tuple[str, str]]:
    if found.number is None:
        return []
    holder = found.amendments[found.number - 1] if found.number else found.report
    return [(_("Signature (HMAC-SHA256)"), holder.signature)]


def _name(found: Edition, ending: str) -> str:
    customer = found.figures["customer"]["slug"]
    tail = f"-amendment-{found.number}" if found.number else ""
    return f"service-levels-{customer}-{found.figures['from_on'][:7]}{tail}.{ending}"


def _data(found: Edition, shown: Shown) -> dict[str, Any]:
    return {
        "lang": (get_language() or "en").partition("-")[0],
        "is_rtl": get_language_bidi(),
        "title": shown.title,
        "customer": found.figures["customer"]["name"],
        "headline": shown.headline,
        "state": state(found),
        "facts": _all_facts(found, shown),
        "trend": [
            {"label": one.label, "percent": one.percent or 0, "text": one.text, "count": one.count}
            for one in shown.trend
        ],
        "tables": [
            {
                "name": table.name, "title": table.title, "note": table.note, "empty": table.empty,
                "columns": [{"label": label, "is_number": is_number} for label, is_number in table.columns],
                "rows": [[cell.text for cell in row] for row in table.rows],
            }
            for table in shown.tables
        ],
        "formula_title": _("How it is counted"),
        "formula": shown.formula,
        "page": _("Page"),
    }  # fmt: skip


@functools.cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(str(TEMPLATE))
