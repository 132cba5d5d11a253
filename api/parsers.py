"""The one way in for JSON: what is ambiguous, endless or no text is refused before any field is looked at."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser

from core import errors

DEEPEST = 32
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class StrictJSON(BaseParser):
    """`application/json` in UTF-8: one object, at most 32 deep, without NaN, doubled names, NUL or half characters."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        text = _decode(stream.read())
        _check_depth(text)
        try:
            found = json.loads(
                text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite
            )
        except json.JSONDecodeError as error:
            where = _("line %(line)s, column %(column)s") % {"line": error.lineno, "column": error.colno}
            raise errors.Malformed(
                _("This is no JSON: %(why)s at %(where)s.") % {"why": error.msg, "where": where}
            ) from error
        except ValueError as error:  # a number of thousands of digits
            raise errors.Malformed(_("This JSON holds a number that is too long.")) from error
        if not isinstance(found, dict):
            raise errors.Malformed(_("The body must be one JSON object, in curly brackets."))
        _check_texts(found)
        return found


def _decode(body: bytes) -> str:
    try:
        return body.decode("utf-8") or "{}"
    except UnicodeDecodeError as error:
        raise errors.Malformed(_("The body is not UTF-8 (byte %(at)s).") % {"at": error.start}) from error


def _check_depth(text: str) -> None:
    depth = 0
    for bracket in _BRACKETS.finditer(_STRINGS.sub("", text)):
        depth += 1 if bracket.group() in "[{" else -1
        if depth > DEEPEST:
            raise errors.Malformed(_("This JSON is nested deeper than %(most)s levels.") % {"most": DEEPEST})


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise errors.Malformed(_("“%(name)s” stands twice in one object.") % {"name": double[:80]})
    return found


def _no_constant(name: str) -> Any:
    raise errors.Malformed(_("%(name)s is no JSON number.") % {"name": name})


def _finite(digits: str) -> float:
    found = float(digits)
    if not math.isfinite(found):
        raise errors.Malformed(_("This JSON holds a number that is too large."))
    return found


def _check_texts(found: Any) -> None:
    for text in _texts(found):
        if "\0" in text or _SURROGATE.search(text):
            raise errors.Malformed(
                _("A text holds characters that are no text (NUL or half a surrogate pair).")
            )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
