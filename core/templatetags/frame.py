"""Tags for what stands around every page and hardly differs from page to page: drawn whole, or drawn once.

A page of the desk has two thousand nodes of a template, and most of them are its frame (docs/performance.md).
"""

import html
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.template import base
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from core.templatetags import parts

register = template.Library()


class Lasting(template.Node):
    """A stretch of a page that is the same for everybody who reads the same language."""

    def __init__(self, nodelist: template.NodeList):
        self.nodelist = nodelist
        self.drawn: dict[str, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        language = translation.get_language() or ""
        if language not in self.drawn:
            self.drawn[language] = self.nodelist.render(context.new({}))
        return self.drawn[language]


@register.tag
def lasting(parser: base.Parser, _token: base.Token) -> Lasting:
    """{% lasting %}…{% endlasting %}: words and symbols alone, drawn once per language. It sees no variables: what
    depends on who reads, or on what, must stay outside."""
    nodelist = parser.parse(("endlasting",))
    parser.delete_first_token()
    return Lasting(nodelist)


@register.simple_tag
def places(items: Iterable[Mapping[str, Any]] | None, keys: bool = False) -> SafeString:
    """{% places nav keys=True %}: links to places, and headings between them. Written out, because a sidebar has
    thirty and every page has it twice.

    An item: label and is_heading; or label, url, icon; may have count, hot, current, own (words of a person), key and
    starred, which are said with `keys` alone.
    """
    return mark_safe("".join([_place(one, keys) for one in items or ()]))  # noqa: S308 - escaped one by one


def _place(item: Mapping[str, Any], keys: bool) -> str:
    """One item; every text in it is escaped here."""
    label = html.escape(str(item["label"]))
    if item.get("is_heading"):
        return f'<div class="nav-h">{label}</div>'
    more = ' aria-current="page"' if item.get("current") else ""
    if keys:
        starred, key = item.get("starred"), item.get("key")
        more += f' data-starred="{html.escape(str(starred))}" draggable="true"' if starred else ""
        more += f' data-key="{html.escape(str(key))}"' if key else ""
    count = item.get("count")
    hot = " hot" if item.get("hot") else ""
    number = f'<span class="n{hot}">{html.escape(str(count))}</span>' if count not in (None, "") else ""
    return (
        f'<a href="{html.escape(str(item["url"]))}" title="{label}"{more}>{parts.icon(item.get("icon", ""))}'
        f'<span class="t{" own" if item.get("own") else ""}">{label}</span>{number}</a>'
    )
