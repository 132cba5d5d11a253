"""The queue in a real browser: a cell changed by keys, a filter found by typing, a view kept; and on a phone."""

import datetime as dt
from typing import Any

import pytest

from core.actor import ALL
from customers import scoping
from live import presence
from tests.browser import looking
from tests.browser import test_desk_story as desk
from tests.browser.test_desk_story import complaints, story  # noqa: F401 - fixtures
from tests.places import World
from tickets import verbs

pytestmark = desk.pytestmark
PATIENCE_MS = 60_000


@pytest.fixture
def queue(page: Any, live_server: Any, story: World, complaints: list[str]) -> Any:  # noqa: F811 - fixtures
    page.set_default_timeout(PATIENCE_MS)
    desk.sign_in(page, live_server.url, "agent@calder.example")
    desk.see(page, "tr.r.cur")
    return page


def test_a_cell_a_filter_and_a_view_by_keys(queue: Any, story: World, complaints: list[str]) -> None:  # noqa: F811
    keys = queue.keyboard
    keys.press("j")
    keys.press("a")
    keys.type("mar")
    queue.wait_for_selector("#picker-options .on:has-text('Marta')")
    keys.press("Enter")
    queue.wait_for_selector("tr.cur .c6:not([aria-busy]) [title='Marta Kovac']")
    assert desk.ticket("Label printers are offline").assignee == story.lead
    assert queue.evaluate("document.activeElement.matches('tr.cur')")
    keys.press("f")
    queue.wait_for_selector("#filter-fields")
    keys.type("assig")
    keys.press("Enter")
    queue.wait_for_selector("#filter-values")
    assert looking.violations(queue) == []
    keys.type("marta")
    keys.press("Enter")
    queue.wait_for_url("**/desk/?assignee=*")
    assert " ".join(queue.inner_text(".chips .edit").split()) == "Assignee is Marta Kovac"
    queue.click("text=Save…")
    queue.fill("dialog[open] [name=name]", "With Marta")
    keys.press("Enter")
    queue.wait_for_url("**/desk/?view=with-marta-*")
    assert queue.locator("[data-starred]").count() == 1
    assert queue.locator("tr.r").count() == 1
    assert complaints == []


def test_a_row_that_should_move_waits_until_it_is_asked_for(queue: Any, story: World) -> None:  # noqa: F811
    before = queue.locator("tr.r").all_inner_texts()
    with scoping.scope(ALL) as here:
        at = here.at + dt.timedelta(seconds=1)
        held = desk.ticket("Label printers are offline")
        waits = {"reason": "customer", "message": "Which?"}
        verbs.run(held, "hold", waits, by=story.actor(story.agent), at=at)
    queue.evaluate("n => document.dispatchEvent(new CustomEvent('queue:heard', {detail: n}))", held.number)
    queue.wait_for_selector("[data-live-state]:visible")
    moved = queue.locator("tr.r").all_inner_texts()
    assert [one.split()[1] for one in moved] == [one.split()[1] for one in before]
    queue.keyboard.press(".")
    queue.wait_for_selector("[data-live-state]", state="hidden")
    assert queue.locator("tr.r").count() == len(before)


def test_a_ticket_opens_by_keys_on_a_phone(queue: Any, live_server: Any) -> None:
    presence.say(desk.ticket("Label printers are offline").pk, 999, "Marta Kovac", "note")
    queue.set_viewport_size({"width": 390, "height": 844})
    queue.goto(f"{live_server.url}/desk/")
    desk.see(queue, "tr.r.cur")
    queue.wait_for_selector("tr.r .at-row .note", state="attached")
    assert queue.locator("tr.r .at-row").all_inner_texts() == ["MK\nMarta Kovac is writing a note"]
    queue.keyboard.press("j")
    queue.keyboard.press("Enter")
    queue.wait_for_url("**/desk/tickets/**")
    desk.see(queue, "#talk-head h1")


def test_a_fact_beside_a_ticket_is_changed_in_its_place(
    queue: Any,
    live_server: Any,
    story: World,  # noqa: F811
    complaints: list[str],  # noqa: F811
) -> None:
    number = desk.ticket("Label printers are offline").number
    queue.goto(f"{live_server.url}/desk/tickets/{number}/")
    queue.wait_for_selector("[data-copy-link]:not([hidden])")  # its script is there
    queue.keyboard.press("a")
    queue.wait_for_selector("#picker-options .on")
    queue.keyboard.type("mar")
    queue.wait_for_selector("#picker-options .on:has-text('Marta')")
    queue.keyboard.press("Enter")
    queue.wait_for_selector("#facts dd:not([aria-busy]):has-text('Marta Kovac')")
    queue.wait_for_selector("[data-toast] .undo")
    assert desk.ticket("Label printers are offline").assignee == story.lead
    queue.wait_for_function("document.activeElement.dataset.pickAt === 'assignee'")
    queue.click(".more-fields summary")
    queue.click("#facts dd:has([data-pick-at=requester])")
    queue.wait_for_selector("#picker-options .option")
    queue.keyboard.type("manager")
    queue.wait_for_selector("#picker-options li:not([hidden]) .option.on:has-text('Manager')")
    queue.keyboard.press("Enter")
    queue.wait_for_selector("#facts dd:not([aria-busy]):has-text('Manager canary-beta')")
    assert desk.ticket("Label printers are offline").requester_id == story.beta.manager.pk
    assert complaints == []
