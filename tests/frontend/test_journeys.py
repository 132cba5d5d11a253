"""The gallery in a real browser: its parts are clean, and a text never leaves its editor.

The queue, the ticket and their dialogs are walked on the product's own pages: tests/browser.
"""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

AXE = Path(settings.BASE_DIR) / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = [
    "parts/",
    "portal/",
    "request/?state=resolved",
]

pytestmark = [
    pytest.mark.urls("tests.frontend.urls"),
    pytest.mark.skipif(
        not AXE.exists(), reason="The front end is not built: run make run or make test once."
    ),
]


@pytest.fixture
def complaints(page: Any) -> list[str]:
    """Everything the console says while the page lives."""
    said: list[str] = []
    page.on(
        "console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def go(page: Any, live_server: Any, path: str) -> None:
    page.goto(f"{live_server.url}/dev/{path}")
    page.wait_for_load_state("networkidle")


def violations(page: Any) -> list[str]:
    """What axe-core finds on the page as it is now."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


def focused(page: Any) -> str:
    return page.evaluate("(document.activeElement.id || document.activeElement.tagName)")


def cursor(page: Any) -> str:
    return page.evaluate("document.querySelector('tr.r.cur').id")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
def test_every_page_is_clean_in_both_themes_and_sizes(
    page: Any, live_server: Any, complaints: list[str], theme: str, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    found = {}
    for path in PAGES:
        go(page, live_server, f"{path}{'&' if '?' in path else '?'}theme={theme}")
        found[path] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
    assert found == {path: [] for path in PAGES}
    assert complaints == []








def test_switched_off_keys_do_nothing(page: Any, live_server: Any) -> None:
    go(page, live_server, "queue/")
    page.evaluate("document.documentElement.dataset.keys = 'off'")
    page.keyboard.type("fc?r")
    assert page.evaluate("document.querySelectorAll('dialog[open]').length") == 0
    assert page.url.endswith("/dev/queue/")


def test_the_key_sheet_lists_the_keys_of_this_page(page: Any, live_server: Any) -> None:
    go(page, live_server, "ticket/")
    page.keyboard.press("?")
    words = page.inner_text("#keysheet")
    assert all(one in words for one in ("Resolve", "Duplicate of", "Change Team", "Internal note"))
    assert violations(page) == []




def test_a_note_never_becomes_a_reply(page: Any, live_server: Any) -> None:
    go(page, live_server, "ticket/")
    assert page.get_attribute("#composer", "data-open") == ""
    page.keyboard.press("n")
    page.keyboard.type("do not tell the customer")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.type("hello")
    texts = {kind: page.input_value(f"form[data-editor={kind}] textarea") for kind in ("reply", "note")}
    assert texts == {"reply": "hello", "note": "do not tell the customer"}
    assert not page.is_visible("form[data-editor=note]")


def test_a_draft_outlives_the_page_in_its_own_kind(page: Any, live_server: Any) -> None:
    go(page, live_server, "ticket/")
    page.keyboard.press("n")
    page.keyboard.type("half a thought")
    page.reload()
    page.wait_for_load_state("networkidle")
    assert page.get_attribute("#composer", "data-open") == "note"
    assert page.input_value("form[data-editor=note] textarea") == "half a thought"
    assert page.input_value("form[data-editor=reply] textarea") == ""


def test_a_sent_text_is_forgotten(page: Any, live_server: Any) -> None:
    go(page, live_server, "ticket/")
    page.keyboard.press("n")
    page.keyboard.type("told the supplier")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    go(page, live_server, "ticket/")
    assert page.get_attribute("#composer", "data-open") == ""
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_a_text_that_met_the_sign_in_page_is_kept(page: Any, live_server: Any) -> None:
    go(page, live_server, "ticket/")
    page.keyboard.press("r")
    page.keyboard.type("please try again")
    signed_out = {"status": 302, "headers": {"location": "/account/login/"}}
    page.route("**/dev/ticket/", lambda route: route.fulfill(**signed_out))
    with page.expect_navigation(url="**/account/login/"):
        page.keyboard.press("Control+Enter")
    page.unroute_all()
    go(page, live_server, "ticket/")
    assert page.input_value("form[data-editor=reply] textarea") == "please try again"














def test_sign_in_shows_a_mistake_first(page: Any, live_server: Any, complaints: list[str]) -> None:
    page.goto(f"{live_server.url}/account/login/")
    assert page.is_visible("text=Sign in with a passkey")
    assert violations(page) == []
    page.fill("[name=login]", "nobody@calder-it.example")
    page.fill("[name=password]", "not the password")
    page.click("button:has-text('Continue')")
    page.wait_for_selector(".errors:focus")
    assert page.title().startswith("Problem: ")
    assert complaints == []
