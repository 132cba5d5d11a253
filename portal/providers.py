"""What other rooms lend to the portal's pages, filled in itsm/wiring.py: search, banners, cards, texts.

Each is a plain function; an empty list leaves its part of the page out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

Search = Callable[[HttpRequest, str], list[dict[str, Any]]]
Banner = Callable[[HttpRequest], dict[str, Any] | None]


@dataclass
class Providers:
    """`search(request, words)` answers hits (kind, label, text, url), best first; `banner(request)` what stands in the
    status line (health, lead, text, url, link_text), or None."""

    searches: list[Search] = field(default_factory=list)
    banners: list[Banner] = field(default_factory=list)

    def clear(self) -> None:
        self.searches.clear()
        self.banners.clear()


PROVIDERS = Providers()
