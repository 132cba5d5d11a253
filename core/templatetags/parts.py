"""The parts every page is built from. Small, frequent ones are functions; larger ones are templates in parts/.

The gallery at /dev/parts/ (debug only) shows each in every state.
"""

import functools
import html
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core import display, settling

register = template.Library()

TURNING = frozenset(
    {"chevron-left", "chevron-right", "arrow-back-up", "arrow-forward-up", "send", "external-link", "logout"}
)  # icons that point along the reading direction
KINDS = {"primary": "pri", "quiet": "quiet", "note": "note", "danger": "danger", "": ""}
BAR_WIDTH = 100
STEPS = 4


def _of(thing: Any, name: str, default: Any = "") -> Any:
    """One attribute of an object or one key of a mapping, as templates read them."""
    if isinstance(thing, Mapping):
        return thing.get(name, default)
    return getattr(thing, name, default)


def _attributes(**values: object) -> SafeString:
    """HTML attributes from keywords: None and False leave no trace, True leaves the bare name; _ becomes -."""
    shown = [
        format_html(" {}", _dashed(name)) if value is True else format_html(' {}="{}"', _dashed(name), value)
        for name, value in values.items()
        if value not in (None, False, "")
    ]
    return format_html_join("", "{}", ((one,) for one in shown))


def _dashed(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


@functools.cache
def _sprite() -> str:
    """The address of all symbols. Asked seventy times a page: it changes with the files alone, so with the process."""
    return static("sprite.svg")


@functools.lru_cache(maxsize=512)
def _drawing(name: str, label: str, sprite: str) -> SafeString:
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    turning = " turns" if name in TURNING else ""
    return format_html('<svg class="ic{}" {}><use href="{}#{}"/></svg>', turning, spoken, sprite, name)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """{% icon "clock" %}: one symbol of the sprite (names in frontend/icons.txt). With a label it speaks."""
    return _drawing(name, label, _sprite())


@register.simple_tag
def key(letters: str) -> SafeString:
    """{% key "Ctrl Enter" %}: key caps as they are printed on buttons and in the key bar."""
    return format_html('<kbd aria-hidden="true">{}</kbd>', letters)


@register.simple_tag
def button(
    label: str,
    *,
    url: str = "",
    icon: str = "",
    key: str = "",
    kind: str = "",
    size: str = "",
    only_icon: bool = False,
    **more: object,
) -> SafeString:
    """{% button "Save" kind="primary" key="s" icon="check" %}: a link with `url`, else a submit button.

    kind: primary, quiet, note, danger or nothing. size: sm, lg or nothing. only_icon hides the words, not the name.
    Further keywords become attributes: name, value, type, form, formaction, popovertarget, data_dialog, hx_get…
    """
    names = " ".join(
        filter(None, ["btn", KINDS[kind], size, "icon" if only_icon else "", str(more.pop("class_", ""))])
    )
    cap = format_html(' <kbd aria-hidden="true">{}</kbd>', key_caps(key)) if key and not only_icon else ""
    drawing = _icon(icon) if icon else ""
    words = "" if only_icon else label
    spoken = label if only_icon else None
    shared = _attributes(
        data_key=key, aria_keyshortcuts=key_shortcut(key), aria_label=spoken, title=spoken, **more
    )
    if url:
        return format_html('<a class="{}" href="{}"{}>{}{}{}</a>', names, url, shared, drawing, words, cap)
    kind_of = "" if "type" in more else mark_safe(' type="submit"')
    return format_html('<button class="{}"{}{}>{}{}{}</button>', names, kind_of, shared, drawing, words, cap)


_icon = icon  # `button` takes a keyword of the same name


def key_caps(key: str) -> str:
    """The words on the key cap of a `data-key` value: "a" is A, "shift+a" is Shift A, "mod+enter" is Ctrl ↵."""
    names = {"mod": "Ctrl", "enter": "↵", "shift": "Shift", "escape": "Esc"}
    return " ".join(
        names.get(part, part.upper() if len(part) == 1 else part.title()) for part in key.split("+")
    )


def key_shortcut(key: str) -> str:
    """The value of aria-keyshortcuts for a `data-key` value."""
    names = {"mod": "Control", "enter": "Enter", "shift": "Shift", "escape": "Escape"}
    return "+".join(
        names.get(part, part.upper() if len(part) == 1 else part) for part in key.split("+") if part
    )


for _name in ("icon", "key"):
    settling.settle(register, _name)


@register.simple_tag
def chip(text: str, kind: str = "", icon: str = "") -> SafeString:
    """{% chip "Met in 9 min" "ok" icon="check" %}; kind: ok, warn, danger, info, accent, note, major, line."""
    return format_html('<span class="chip {}">{}{}</span>', kind, _icon(icon) if icon else "", text)


@register.simple_tag
def priority(number: int | None) -> SafeString:
    """{% priority 2 %}: the badge P1 to P5; nothing for None."""
    return _priority(number, _("Priority")) if number else mark_safe("")


@functools.lru_cache(maxsize=64)
def _priority(number: int, word: str) -> SafeString:
    return format_html('<span class="p p{}"><span class="sr">{} </span>P{}</span>', number, word, number)


@register.simple_tag
def status(value: Any) -> SafeString:
    """{% status row.status %}: glyph and word of an object with `glyph` and `word`.

    glyph: new, open, reopened, wait, approval, done, closed, cancelled.
    """
    return _status(_of(value, "glyph"), str(_of(value, "word")), _sprite())


@functools.lru_cache(maxsize=256)
def _status(glyph: str, word: str, sprite: str) -> SafeString:
    return format_html('<span class="st {}">{}{}</span>', glyph, _drawing(f"st-{glyph}", "", sprite), word)


@register.simple_tag
def fuse(clock: Any, long: bool = False) -> SafeString:
    """{% fuse row.fuse %}: a `core.display.Fuse` or anything with its attributes. long adds "left" to the text."""
    if not clock:
        return mark_safe("")
    tone, fraction, text = _of(clock, "tone"), _of(clock, "fraction", None), _of(clock, "text")
    due_at, from_at = _of(clock, "due_at", None), _of(clock, "from_at", None)
    width = round((1.0 if fraction is None else fraction) * BAR_WIDTH)
    if long and tone in (display.Tone.OK, display.Tone.SOON):
        text = _("%(time)s left") % {"time": text}
    title = html.escape(str(_of(clock, "title")))
    more = f' title="{title}"' if title else ""
    if due_at:
        more += f' data-due="{due_at.isoformat()}"'
        more += f' data-from="{from_at.isoformat()}"' if from_at else ""
    more += ' data-long="1"' if long else ""
    # One string, because a queue draws fifty: every text in it is escaped here.
    return mark_safe(  # noqa: S308
        f'<span class="fuse {tone}"{more}><span class="w">{html.escape(str(_of(clock, "label")))}</span>'
        f"<b>{icon('check') if tone == display.Tone.MET else ''}{html.escape(str(text))}</b>"
        f'<svg class="bar-left" aria-hidden="true"><rect width="{width}%" height="3" rx="1.500"/></svg></span>'
    )


@register.simple_tag
def avatar(who: Any = None, size: str = "", named: bool = False) -> SafeString:
    """{% avatar row.assignee %}: an object with `initials`, `name`, `kind` (me, customer or nothing), or None.

    size: lg or nothing. named=True where the name stands beside it, so that it is not read twice.
    """
    if not who:
        return _avatar("", "", "none", size, _("Unassigned"))
    name = _of(who, "name") or str(who)
    return _avatar(
        name, _of(who, "initials") or display.initials(name), str(_of(who, "kind")), size, "", named
    )


@functools.lru_cache(maxsize=2_048)  # the same few people stand in every row
def _avatar(name: str, letters: str, kind: str, size: str, nobody: str, named: bool = False) -> SafeString:
    if nobody:
        shown = '<span class="av {} {}" title="{}"><span class="sr">{}</span></span>'
        return format_html(shown, kind, size, nobody, nobody)
    if named:
        return format_html('<span class="av {} {}" aria-hidden="true">{}</span>', kind, size, letters)
    return format_html(
        '<span class="av {} {}" title="{}"><span aria-hidden="true">{}</span><span class="sr">{}</span></span>',
        kind, size, name, letters, name,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def moment(context: template.Context, at: datetime | None, absolute: bool = False) -> SafeString:
    """{% moment ticket.opened_at %}: a <time> in the reader's zone; the browser keeps relative ones true.

    absolute=True never says "12 min ago". The instant "now" is the context's `now`, if a view put one there.
    """
    if at is None:
        return mark_safe("")
    return time(at, context.get("now") or timezone.now(), absolute=absolute)


def time(at: datetime, now: datetime, *, absolute: bool = False) -> SafeString:
    """The same, for what is drawn by a function."""
    text = display.day_and_time(timezone.localtime(at)) if absolute else display.moment(at, now=now)
    relative = "" if absolute else " data-rel"
    return mark_safe(  # noqa: S308
        f'<time datetime="{at.isoformat()}" title="{html.escape(display.full_moment(at))}"{relative}>'
        f"{html.escape(text)}</time>"
    )


@register.filter
def duration(seconds: float | None) -> str:
    """{{ timer.used_seconds|duration }}: "38 min", "1 h 05", "3 d 4 h"."""
    return "" if seconds is None else display.duration(seconds)


@register.filter
def inside(name: object) -> str:
    """{{ group.label|inside }}: a name inside a sentence, large or small as its language writes it."""
    return display.inside(name)


@register.filter
def file_size(size_bytes: int) -> str:
    """{{ attachment.size|file_size }}: "18 kB"."""
    return display.file_size(size_bytes)


@register.filter
def as_json(value: object) -> str:
    """{{ js_data|as_json }} inside a data attribute; the template escapes it."""
    return json.dumps(value)


@register.filter
def inline_svg(drawing: str) -> SafeString:
    """{{ totp_svg|inline_svg }}: a drawing the server itself made, without the XML line, for the page's own markup."""
    return mark_safe(drawing[drawing.index("<svg") :])  # noqa: S308


@register.simple_tag
def health(state: str, word: str) -> SafeString:
    """{% health "degraded" "Degraded" %}: disc up, triangle degraded, square down, ring unknown."""
    return format_html(
        '<span class="health {}" role="img" aria-label="{}" title="{}"></span>', state, word, word
    )


@register.simple_tag
def steps(step: int, words: str) -> SafeString:
    """{% steps 3 "waiting for your answer" %}: the portal's four-step bar, with its meaning in words."""
    bars = format_html_join(
        "", "<i{}></i>", ((mark_safe(' class="on"') if n < step else "",) for n in range(STEPS))
    )
    label = _("Step %(step)d of %(all)d: %(words)s") % {"step": step, "all": STEPS, "words": words}
    return format_html('<span class="steps" role="img" aria-label="{}">{}</span>', label, bars)


@register.simple_tag(takes_context=True)
def html_attributes(context: template.Context) -> SafeString:
    """The attributes of <html>: language, direction, theme, density, keys. A person's choice, else the cookie's."""
    request = context.get("request")
    user, cookies = getattr(request, "user", None), getattr(request, "COOKIES", {})
    chosen = {
        name: context.get(f"page_{name}") or getattr(user, name, "") or cookies.get(name, "")
        for name in ("theme", "density")
    }
    theme = chosen["theme"] if chosen["theme"] in ("light", "dark") else None
    density = chosen["density"] if chosen["density"] in ("compact", "roomy") else None
    direction = "rtl" if translation.get_language_bidi() or context.get("page_dir") == "rtl" else "ltr"
    keys = None if getattr(user, "has_keys", True) else "off"
    return _attributes(
        lang=translation.get_language() or "en",
        dir=direction,
        data_theme=theme,
        data_density=density,
        data_keys=keys,
        data_zone=timezone.get_current_timezone_name(),
        data_user=getattr(user, "pk", None),
    )


@register.simple_tag
def server_time() -> str:
    """The server's clock as the page is made: the browser measures its own against it."""
    return timezone.now().isoformat()


@register.simple_tag(takes_context=True)
def brand(context: template.Context) -> str:
    """The name at the top of every page: the context's `brand_name`, else settings.BRAND_NAME, else the product's."""
    return context.get("brand_name") or getattr(settings, "BRAND_NAME", "") or "Clause8"


def _mistake(field: Any, text: str) -> tuple[str, str]:
    """Where the link of one mistake leads, and its words."""
    target = f"{field.auto_id}_group" if field.use_fieldset else field.id_for_label
    label = str(field.label)
    return f"#{target}", f"{label} {text}" if label.endswith(("?", ":", ".")) else f"{label}: {text}"


@register.inclusion_tag("parts/_errors.html")
def error_summary(*forms: Any) -> dict[str, Any]:
    """{% error_summary form %}: what was wrong, with links to the fields; takes the focus. Nothing if all is well."""
    rows, general = [], []
    for form in forms:
        general += [str(text) for text in form.non_field_errors()] if form else []
        rows += (
            [_mistake(field, text) for field in form.visible_fields() for text in field.errors]
            if form
            else []
        )
        general += [str(text) for field in form.hidden_fields() for text in field.errors] if form else []
    return {"general": general, "rows": rows}


@register.inclusion_tag("parts/_empty.html")
def empty_state(
    text: str, *, icon: str = "", label: str = "", url: str = "", inline: bool = False
) -> dict[str, Any]:
    """{% empty_state "Nothing waits for you." label="Report a fault" url=... icon="inbox" %}."""
    return {"text": text, "icon": icon, "label": label, "url": url, "inline": inline}


@register.inclusion_tag("parts/_notice.html")
def notice(text: str, kind: str = "info") -> dict[str, Any]:
    """{% notice "Closed. A reply opens it again." "warn" %}; kind: info, ok, warn, danger."""
    icons = {"info": "info-circle", "ok": "circle-check", "warn": "alert-triangle", "danger": "alert-circle"}
    return {"text": text, "kind": kind, "icon": icons[kind]}


@register.inclusion_tag("parts/_pager.html")
def pager(*, newer_url: str = "", older_url: str = "", text: str = "") -> dict[str, Any]:
    """{% pager newer_url=... older_url=... text="100 of 3,214" %}: pages by key, so only neighbours have links."""
    return {"newer_url": newer_url, "older_url": older_url, "text": text}


@register.simple_tag(takes_context=True)
def undo_form(context: template.Context, message: Any) -> SafeString:
    """The Undo button of a toast, from its tag "undo:/address/": a form that posts there."""
    url = str(message.extra_tags or "").partition("undo:")[2].split(" ")[0]
    if not url.startswith("/") or url.startswith("//"):
        return mark_safe("")
    token = context.get("csrf_token", "")
    return format_html(
        '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<button class="undo" data-key="z">{} {}</button></form>',
        url, token, _("Undo"), key("Z"),
    )  # fmt: skip
