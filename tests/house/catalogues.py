"""The files that translators edit, read by hand: what is written in them must be what is compiled beside them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

Key = tuple[str, str]  # the context of a text (often empty) and the text as code asks for it

FIELD = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) (".*")$')


def folder(language: str) -> Path:
    return Path(settings.BASE_DIR) / "locale" / language / "LC_MESSAGES"


def _entries(path: Path) -> Iterator[dict[str, str]]:
    """Each entry as its fields; one begins where `msgctxt` or `msgid` follows a translation."""
    entry: dict[str, str] = {}
    field = ""
    for line in path.read_text("utf-8").splitlines():
        found = FIELD.match(line)
        if found is None:
            if line.startswith('"'):
                entry[field] += ast.literal_eval(line)
            continue
        field, text = found.groups()
        if field in {"msgctxt", "msgid"} and any(name.startswith("msgstr") for name in entry):
            yield entry
            entry = {}
        entry[field] = ast.literal_eval(text)
    yield entry


def written(language: str) -> list[tuple[Key, list[str]]]:
    """Every entry of the file of `language` but its head, in order: its key, and its forms (two for a plural)."""
    return [
        (
            (entry.get("msgctxt", ""), entry["msgid"]),
            [entry[name] for name in sorted(entry) if name.startswith("msgstr")],
        )
        for entry in _entries(folder(language) / "django.po")
        if entry["msgid"]
    ]
