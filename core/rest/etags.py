"""Versions on the wire: a record answers `ETag: "3"`, a caller says `If-Match: "3"` before he writes."""

import re

from django.http import HttpRequest
from django.utils.translation import gettext as _

from core import errors

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_LIST = re.compile(r'\s*(?:W/)?"[^"]*"\s*(?:,\s*(?:W/)?"[^"]*"\s*)*')


def of(version: int) -> str:
    """The entity tag of a version."""
    return f'"{version}"'


def expected(request: HttpRequest) -> frozenset[str] | None:
    """The versions that the caller accepts, as texts; None = any. Raises Malformed.

    `W/"3"` counts as `"3"`, because compression on the way weakens a tag.
    """
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return None
    if not _LIST.fullmatch(header):
        sentence = _('Write If-Match as the record\'s ETag answered it, like "3", or as *.')
        raise errors.Malformed(sentence, errors={"If-Match": [sentence]})
    return frozenset(_TAG.findall(header))
