"""Every text that code and templates ask to be translated: what a translator has to know of.

A reader of its own, as `makemessages` writes files where a test only wants to know; it reads the calls of
gettext by their syntax tree and templates by Django's own translation of tags into such calls.
"""

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils.translation.template import templatize

ONE = {"_", "__", "gettext", "gettext_lazy", "gettext_noop"}
MANY = {"ngettext", "ngettext_lazy"}
SENSED = {"pgettext", "pgettext_lazy"}
AWAY = {".venv", "tests", "bench", "node_modules", "staticfiles", ".git", "ops"}

LITERAL = r"""(?:u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")"""
TAGGED = re.compile(
    rf"(?<!\w)(_|gettext|ngettext|pgettext)\(\s*({LITERAL})\s*(?:,\s*({LITERAL}))?", re.DOTALL
)


class Word(NamedTuple):
    """One text as code asks for it; `plural` and `sense` (its context) are empty where it has none."""

    text: str
    plural: str
    sense: str


def _called(tree: ast.AST) -> Iterator[Word]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        given = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
        texts = [value for value in given if isinstance(value, str)]
        if name in ONE and texts:
            yield Word(texts[0], "", "")
        elif name in MANY and len(texts) > 1:
            yield Word(texts[0], texts[1], "")
        elif name in SENSED and len(texts) > 1:
            yield Word(texts[1], "", texts[0])


def _tagged(source: str) -> Iterator[Word]:
    for name, first, second in TAGGED.findall(templatize(source)):
        text = ast.literal_eval(first)
        other = ast.literal_eval(second) if second else ""
        if name == "ngettext":
            yield Word(text, other, "")
        elif name == "pgettext":
            yield Word(other, "", text)
        else:
            yield Word(text, "", "")


def _files(suffix: str) -> list[Path]:
    root = Path(settings.BASE_DIR)
    found = (
        path for room in sorted(root.iterdir()) if room.name not in AWAY for path in _within(room, suffix)
    )
    return list(found)


def _within(room: Path, suffix: str) -> list[Path]:
    if room.is_file():
        return [room] if room.suffix == suffix else []
    return sorted(room.rglob(f"*{suffix}"))


@functools.cache
def asked() -> dict[Word, str]:
    """Each text with the first file that asks for it, relative to the repository."""
    found: dict[Word, str] = {}
    root = Path(settings.BASE_DIR)
    for path in _files(".py"):
        for word in _called(ast.parse(path.read_text("utf-8"))):
            found.setdefault(word, str(path.relative_to(root)))
    for suffix in (".html", ".txt"):
        for path in _files(suffix):
            if "templates" in path.parts:
                for word in _tagged(path.read_text("utf-8")):
                    found.setdefault(word, str(path.relative_to(root)))
    return found
