"""Habits that a script can see: sizes, no signals of ours, nothing inline in pages, history not bypassed."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ROOMS = [path.parent.name for path in sorted(ROOT.glob("*/apps.py"))]
SOURCES = [
    path for room in [*ROOMS, "itsm", "ops", "tests", "bench"] for path in sorted((ROOT / room).rglob("*.py"))
]
OWN = [path for path in SOURCES if "migrations" not in path.parts and "node_modules" not in path.parts]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

# Rooms that may write tracked models in bulk or by SQL, each beside an entry that says so.
TRACKED = ("Ticket", "Person", "ConfigurationItem", "Incident")
BULK = re.compile(rf"\b({'|'.join(TRACKED)})\.objects\b[^\n]*\.(update|bulk_create|bulk_update)\(")
MAY_WRITE_IN_BULK = {
    "tickets/writing.py": "touch() moves updated_at, which history leaves out",
    "tickets/actions/promising.py": "the derived due columns, which history leaves out",
    "imports/": "imported history is one action in bulk, with its entries (decision 24)",
}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_is_longer_than_400_lines():
    assert [named(path) for path in OWN if path.read_text().count("\n") > 400] == []


def test_no_function_is_longer_than_60_lines_and_the_usual_one_is_under_ten():
    sizes = [(named(path), name, size) for path in OWN for name, size in functions(path)]
    assert [one for one in sizes if one[2] > 60] == []
    product = sorted(size for path, _name, size in sizes if not path.startswith(("tests/", "bench/")))
    assert product[len(product) // 2] < 10


def test_every_module_says_why_it_exists():
    assert [
        named(path)
        for path in OWN
        if path.read_text().strip() and ast.get_docstring(ast.parse(path.read_text())) is None
    ] == []


def test_no_room_receives_signals():
    receiving = re.compile(r"@receiver|\.connect\(.*sender|import receiver")
    rooms = [path for path in OWN if path.relative_to(ROOT).parts[0] in ROOMS]
    assert [named(path) for path in rooms if receiving.search(path.read_text())] == []


def test_tracked_rows_are_written_in_bulk_only_where_it_is_said_why():
    found = [
        named(path)
        for path in OWN
        if path.relative_to(ROOT).parts[0] in ROOMS and BULK.search(path.read_text())
    ]
    assert [one for one in found if not one.startswith(tuple(MAY_WRITE_IN_BULK))] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_template_holds_no_inline_script_style_or_handler(path: Path):
    text = path.read_text()
    if "emails" in path.parts:
        return
    assert re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text) is None
    assert re.search(r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:", text) is None
