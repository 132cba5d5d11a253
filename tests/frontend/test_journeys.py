"""The gallery in a real browser: clean, reachable by keys, and safe where a mistake would be costly."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

AXE = Path(settings.BASE_DIR) / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = [
    "parts/",
    "queue/",
    "queue/?state=empty",
    "ticket/",
    "ticket/?compose=reply",
    "ticket/?compose=note",
    "portal/",
    "request/?state=resolved",
    "dialog/",
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


def test_the_cursor_moves_at_once_and_the_preview_follows(
    page: Any, live_server: Any, complaints: list[str]
) -> None:
    go(page, live_server, "queue/")
    assert cursor(page) == "row-INC-4502"
    with page.expect_response("**/dev/preview/"):
        page.keyboard.press("j")
        assert cursor(page) == focused(page) == "row-INC-4507"
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dev/ticket/")
    assert complaints == []


def test_a_selection_brings_its_bar_and_escape_takes_it_away(page: Any, live_server: Any) -> None:
    go(page, live_server, "queue/")
    page.keyboard.press("x")
    page.keyboard.press("Shift+J")
    assert page.inner_text("[data-selected]") == "2 selected"
    assert page.is_visible(".bulk")
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert not page.is_visible(".bulk")


def test_no_key_acts_while_one_types(page: Any, live_server: Any) -> None:
    go(page, live_server, "queue/")
    page.keyboard.press("/")
    assert focused(page) == "find"
    page.keyboard.type("jxcr?")
    assert page.input_value("#find") == "jxcr?"
    assert cursor(page) == "row-INC-4502"
    assert page.url.endswith("/dev/queue/")


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


def test_a_dialog_opens_by_key_shows_mistakes_with_focus_and_gives_the_focus_back(
    page: Any, live_server: Any
) -> None:
    go(page, live_server, "queue/")
    page.focus("#row-INC-4502")
    page.keyboard.press("f")
    page.wait_for_selector("#dialog-title:focus")
    page.evaluate("document.querySelector('#dialog form').noValidate = true")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#dialog .errors:focus")
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert focused(page) == "row-INC-4502"


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


def test_a_lost_session_says_so_in_place(page: Any, live_server: Any) -> None:
    go(page, live_server, "queue/")
    signed_out = {"status": 302, "headers": {"location": "/account/login/"}}
    page.route("**/dev/preview/", lambda route: route.fulfill(**signed_out))
    page.keyboard.press("j")
    page.wait_for_selector("text=You are signed out.")
    assert page.get_attribute("[data-notice] a", "href") == "/account/login/?next=%2Fdev%2Fqueue%2F"
    assert cursor(page) == "row-INC-4507"


def test_clocks_run_by_the_servers_time(page: Any, live_server: Any) -> None:
    page.clock.install()
    go(page, live_server, "queue/")
    cell = page.locator("#row-INC-4502 .fuse b")
    assert cell.inner_text() == "38 min"
    page.clock.run_for(10 * 60 * 1000)
    assert cell.inner_text() == "28 min"
    page.clock.run_for(40 * 60 * 1000)
    assert cell.inner_text() == "−11 min"
    assert "over" in page.get_attribute("#row-INC-4502 .fuse", "class")


def test_changes_wait_until_they_are_asked_for(page: Any, live_server: Any, complaints: list[str]) -> None:
    go(page, live_server, "queue/?stream=/live/stream/")
    page.wait_for_selector("text=3 changes, press .")
    page.keyboard.press("j")
    page.keyboard.press("x")
    with page.expect_response(lambda answer: "/dev/queue/" in answer.url):
        page.keyboard.press(".")
    page.wait_for_selector("[data-live-state]", state="hidden")
    assert cursor(page) == focused(page) == "row-INC-4507"
    assert page.is_checked("#row-INC-4507 input")
    assert complaints == []


def test_without_a_stream_the_page_asks_for_changes(page: Any, live_server: Any) -> None:
    go(page, live_server, "queue/?poll=/live/poll/")
    page.wait_for_selector("text=1 change, press .")
    assert page.inner_text("[data-live-text]") == "Checked every 20 s"


def test_a_lost_stream_is_said_and_replaced_by_asking(page: Any, live_server: Any) -> None:
    go(page, live_server, "queue/?stream=/live/nowhere/&poll=/live/poll/")
    page.wait_for_selector("text=1 change, press .")
    assert page.inner_text("[data-live-text]") == "Checked every 20 s"


def test_everything_is_there_without_a_script(browser: Any, live_server: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/dev/ticket/")
    page.click("text=Internal note")
    assert page.is_visible("form[data-editor=note] textarea")
    assert not page.is_visible("form[data-editor=reply]")
    page.click("text=Resolve")
    assert page.is_visible("h1:has-text('Resolve INC-4502')")
    context.close()


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
