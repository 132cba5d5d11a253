"""Markdown as people write it in messages, turned into HTML that cannot do anything: no images, no script, no style."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["strikethrough", "table"])
_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


def to_html(text: str) -> SafeString:
    """The HTML of one message; links open outside and carry nothing of where they were clicked."""
    made = nh3.clean(
        _reader.render(text),
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(made)  # noqa: S308 - cleaned by a list of what is allowed
