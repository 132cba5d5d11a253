"""The rules of the front end, read from its sources: nothing inline, colours by role, no physical sides, small."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines

PROJECT = Path(settings.BASE_DIR)
TEMPLATES = sorted((PROJECT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "emails" not in path.parts]
SHEETS = sorted((PROJECT / "frontend" / "css").rglob("*.css"))
SCRIPTS = sorted((PROJECT / "frontend" / "js").rglob("*.js"))
BUILT = PROJECT / "frontend" / "dist"

INLINE = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "an event attribute": re.compile(r"\son[a-z]+\s*=", re.IGNORECASE),
    "an htmx script": re.compile(r"\shx-on|\shx-vals=['\"]?js:|javascript:", re.IGNORECASE),
}
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_no_template_carries_script_or_style(path: Path) -> None:
    text = path.read_text("utf-8")
    assert [what for what, pattern in INLINE.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_template_compiles(path: Path) -> None:
    name = str(path.relative_to(PROJECT / "templates"))
    assert engines["django"].get_template(name).template.name == name


def known_icons() -> set[str]:
    lines = (PROJECT / "frontend" / "icons.txt").read_text("utf-8").splitlines()
    drawn = {path.stem for path in (PROJECT / "frontend" / "glyphs").glob("*.svg")}
    return drawn | {line.split("#")[0].strip() for line in lines} - {""}


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_icon_named_in_a_template_is_in_the_sprite(path: Path) -> None:
    text = path.read_text("utf-8")
    named = set(re.findall(r"""\{% icon ["']([\w-]+)["']""", text))
    named |= set(re.findall(r"""\{% (?:button|chip|empty_state) [^%]*?\bicon=["']([\w-]+)["']""", text))
    assert named - known_icons() == set()


@pytest.mark.parametrize("path", [one for one in SHEETS if one.name != "tokens.css"], ids=name)
def test_colours_come_from_tokens_alone(path: Path) -> None:
    rules = COMMENT.sub("", path.read_text("utf-8"))
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch)\(", rules) == []


@pytest.mark.parametrize("path", SHEETS, ids=name)
def test_no_sheet_knows_left_or_right(path: Path) -> None:
    rules = COMMENT.sub("", path.read_text("utf-8"))
    assert re.findall(r"(?<![\w-])(?:[\w-]*-)?(?:left|right)(?=\s*[:;])", rules) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_no_script_makes_markup_or_code_from_text(path: Path) -> None:
    text = path.read_text("utf-8")
    assert (
        re.findall(
            r"\.innerHTML|\.outerHTML|insertAdjacentHTML|\beval\(|new Function|document\.write|\.style\b(?!\.setProperty\(\"--)",
            text,
        )
        == []
    )


@pytest.mark.parametrize(("file", "limit"), [("app.css", 15_500), ("app.js", 60_000)])
def test_what_a_browser_loads_stays_small(file: str, limit: int) -> None:
    if not (BUILT / file).exists():
        pytest.skip("The front end is not built: run make run or make test once.")
    assert len(gzip.compress((BUILT / file).read_bytes())) < limit


def test_no_font_or_picture_comes_from_elsewhere() -> None:
    for path in [*SHEETS, *SCRIPTS, *PAGES]:
        addresses = re.findall(r"https?://[^\s\"'<>]+", path.read_text("utf-8"))
        assert [one for one in addresses if "www.w3.org" not in one] == [], name(path)
