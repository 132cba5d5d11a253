"""Tags for a conversation: messages, grey lines, and runs of them. Written out as strings, because a long ticket shows
two hundred; every text in them is escaped here.

An entry is a mapping. A message: id, audience (public, internal, provider), author (name, initials, kind), at, via,
body_html (safe HTML) or body (plain text), attachments (name, url, size); may have is_pending with file_count, is_new,
is_first_new, can_quote. A grey line has is_event: icon, at, text, why_url (may be empty), why_text. A run has is_run:
events, at, count.
"""

import functools
from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from typing import Any

from django import template
from django.template.defaultfilters import linebreaks
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core import display
from core.templatetags import parts

register = template.Library()

Entry = Mapping[str, Any]


@register.simple_tag(takes_context=True)
def message(context: template.Context, entry: Entry, on_portal: bool = False) -> SafeString:
    """{% message entry %}: one message of a conversation. on_portal leaves out what only the desk reads."""
    return mark_safe(_message(entry, _now(context), on_portal=on_portal))  # noqa: S308


@register.simple_tag(takes_context=True)
def event_line(context: template.Context, entry: Entry) -> SafeString:
    """{% event_line entry %}: one grey line."""
    return mark_safe(_event(entry, _now(context)))  # noqa: S308


@register.simple_tag(takes_context=True)
def lines(context: template.Context, entries: Iterable[Entry]) -> SafeString:
    """{% lines timeline %}: messages, grey lines, and runs folded into one line."""
    now = _now(context)
    return mark_safe("".join([_line(one, now) for one in entries]))  # noqa: S308


@register.simple_tag(takes_context=True)
def line(context: template.Context, entry: Entry) -> SafeString:
    """{% line entry %}: one of them."""
    return mark_safe(_line(entry, _now(context)))  # noqa: S308


def _now(context: template.Context) -> datetime:
    return context.get("now") or timezone.now()


def _line(entry: Entry, now: datetime) -> str:
    if entry.get("is_run"):
        many = ngettext("%(count)s change", "%(count)s changes", entry["count"]) % {"count": entry["count"]}
        events = "".join([_event(one, now) for one in entry["events"]])
        return (
            f'<details class="fold"><summary>{parts.icon("chevron-down")}<span>{escape(many)}, '
            f"{parts.time(entry['at'], now)}</span></summary>{events}</details>"
        )
    return _event(entry, now) if entry.get("is_event") else _message(entry, now)


def _event(entry: Entry, now: datetime) -> str:
    why = entry.get("why_url")
    link = f' <a href="{escape(str(why))}">{escape(str(entry.get("why_text", "")))}</a>' if why else ""
    return (
        f'<div class="evt"><span class="gl">{parts.icon(entry.get("icon") or "history")}</span>'
        f'{parts.time(entry["at"], now)}<span class="what">{_safe(entry.get("text", ""))}{link}</span></div>'
    )


def _safe(text: Any) -> str:
    return str(text) if isinstance(text, SafeString) else escape(str(text))


@functools.lru_cache(maxsize=8)
def _fixed(_language: str) -> dict[str, str]:
    """What messages have in common in the language in force, drawn once."""
    lock, quote, word = parts.icon("lock"), parts.icon("quote"), escape(_("Quote"))
    return {
        "internal": f'<span class="label-note">{lock}{escape(_("Internal, team only"))}</span>',
        "provider": f'<span class="label-note">{lock}{escape(_("With the supplier, not the customer"))}</span>',
        "new": parts.chip(_("New"), "info"),
        "outbox": escape(_("in the outbox")),
        "quote": f'title="{word}" aria-label="{{}}">{quote}</button>',
        "of": _("Quote %(name)s"),
    }


def _message(entry: Entry, now: datetime, *, on_portal: bool = False) -> str:
    words, audience, author = _fixed(get_language() or ""), entry.get("audience"), entry["author"]
    is_inner = audience != "public" and not on_portal
    style = f" {escape(str(audience))}" if is_inner else ""
    style += (" pending" if entry.get("is_pending") else "") + (" new" if entry.get("is_new") else "")
    more = f' id="message-{entry["id"]}"' if entry.get("id") else ""
    more += " data-open-here" if entry.get("is_first_new") else ""
    label = words.get(str(audience), "") if is_inner and audience in ("internal", "provider") else ""
    body = entry.get("body_html") or linebreaks(entry.get("body", ""), autoescape=True)
    return (
        f'<article class="msg{style}"{more}>{parts.avatar(author, "lg", named=True)}<div><div class="head">'
        f"<b>{escape(str(author['name']))}</b>{words['new'] if entry.get('is_new') else ''}"
        f'<span class="via">{_when(entry, now, words)}</span>{label}{_quote(entry, words)}</div>'
        f'<div class="prose">{_safe(body)}</div>{_files(entry.get("attachments"))}</div></article>'
    )


def _when(entry: Entry, now: datetime, words: Mapping[str, str]) -> str:
    if not entry.get("is_pending"):
        via = entry.get("via")
        return parts.time(entry["at"], now) + (f", {escape(str(via))}" if via else "")
    many = entry.get("file_count")
    files = ngettext("%(count)s file", "%(count)s files", many) % {"count": many} if many else ""
    return words["outbox"] + (f", {escape(files)}" if files else "")


def _quote(entry: Entry, words: Mapping[str, str]) -> str:
    if not entry.get("can_quote"):
        return ""
    kind = "reply" if entry.get("audience") == "public" else "note"
    label = escape(words["of"] % {"name": entry["author"]["name"]})
    return f'<button type="button" class="btn quiet icon sm quote" data-quote="{kind}" {words["quote"].format(label)}'


def _files(files: Iterable[Entry] | None) -> str:
    if not files:
        return ""
    shown = [
        f'<a class="att" href="{escape(str(one["url"]))}">{parts.icon("paperclip")}'
        f'<span class="ell own">{escape(str(one["name"]))}</span> '
        f'<span class="dim">{escape(display.file_size(one["size"]))}</span></a>'
        for one in files
    ]
    return f'<div class="atts">{"".join(shown)}</div>'
