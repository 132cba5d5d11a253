"""The desk's part of the story in a real browser: an incident from the queue to its resolution, by keys alone."""

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

import pytest

from core.actor import ALL
from customers import scoping
from slas import standards
from tests.browser import looking
from tests.places import SYSTEM, World, build_world, report
from tickets import verbs
from tickets.models import Ticket

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not looking.AXE.exists(), reason="The front end is not built: run make run or make test once."
    ),
]


@pytest.fixture
def story(live_server: Any) -> World:
    """A provider with clocks that run, and a handful of incidents of two customers, reported this morning."""
    now = dt.datetime.now(dt.UTC)
    began = now - dt.timedelta(hours=6)
    with scoping.scope(ALL):
        world = build_world(began)
        hours = standards.calendar("Around the clock", by=SYSTEM, at=began, week=standards.AROUND_THE_CLOCK)
        standards.best_effort(by=SYSTEM, at=began, hours=hours)
        first = report(world.acme, at=began, title="Outbound mail is delayed", impact=1, urgency=1)
        report(
            world.beta,
            at=now - dt.timedelta(hours=1),
            title="Label printers are offline",
            impact=2,
            urgency=1,
        )
        held = report(world.acme, at=now - dt.timedelta(hours=2), title="Badge reader rejects new cards")
        agent = world.actor(world.agent)
        verbs.run(held, "hold", {"reason": "customer", "message": "Which gate?"}, by=agent, at=now)
        verbs.run(first, "note", {"body": "The relay is *full*."}, by=agent, at=now - dt.timedelta(minutes=5))
    return world


@pytest.fixture
def complaints(page: Any) -> list[str]:
    """Everything the console says while the page lives. The stream of changes is a process of its own: not here."""
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("response", lambda one: said.append(f"{one.status} {one.url}") if one.status >= 400 else None)
    stream = {"status": 200, "content_type": "text/event-stream", "body": "retry: 600000\n\n"}
    page.route("**/live/queue/", lambda route: route.fulfill(**stream))
    return said


def sign_in(page: Any, url: str, email: str) -> None:
    page.goto(f"{url}/account/login/?next=/desk/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", "correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: urlsplit(address).path.startswith("/desk/"))


def see(page: Any, selector: str) -> None:
    """Wait for something to be there, and for the page's script to listen."""
    page.wait_for_selector(selector)
    page.wait_for_load_state("load")


def ticket(title: str) -> Ticket:
    with scoping.scope(ALL):
        return Ticket.objects.select_related("assignee").get(title=title)


def test_an_incident_is_worked_by_keys_alone(
    page: Any, live_server: Any, story: World, complaints: list[str]
) -> None:
    sign_in(page, live_server.url, "agent@calder.example")
    assert page.locator("tr.grp").all_inner_texts()[0].startswith("Overdue")
    keys = page.keyboard
    keys.press("j")
    page.wait_for_selector("#preview h2:has-text('Label printers')")
    keys.press("Enter")
    see(page, "h1:has-text('Label printers')")
    keys.press("Shift+A")
    see(page, "[data-toast]:has-text('is yours')")
    assert ticket("Label printers are offline").assignee == story.agent
    keys.press("r")
    keys.type("Which of the printers are offline?")
    keys.press("Control+Enter")
    see(page, ".msg.pending:has-text('Which of the printers are offline?')")
    page.click("#composer button:has-text('Send now')")
    see(page, "[data-toast]:has-text('Sent.')")
    moved = ticket("Label printers are offline")
    assert (moved.state, moved.hold_kind) == ("on_hold", "customer")
    with scoping.scope(ALL) as here:
        requester = story.beta.actor(story.beta.requester)
        verbs.run(moved, "reply", {"body": "All of them."}, by=requester, at=here.at)
    page.reload()
    see(page, ".msg:has-text('All of them.')")
    keys.press("n")
    keys.type("The print server is down.")
    keys.press("Control+Enter")
    see(page, ".msg.internal:has-text('The print server is down.')")
    keys.press("e")
    page.wait_for_selector("dialog[open] select[name=code]")
    page.select_option("dialog[open] select[name=code]", "fixed")
    page.focus("dialog[open] textarea[name=note]")
    keys.type("The print server runs again.")
    keys.press("Control+Enter")
    see(page, ".meta .st.done")
    assert ticket("Label printers are offline").state == "resolved"
    keys.press("Escape")
    page.wait_for_url("**/desk/")
    page.wait_for_selector("tr.r")
    assert page.locator("tr.r").count() == 2
    assert complaints == []


def test_a_text_never_leaves_its_editor(
    page: Any, live_server: Any, story: World, complaints: list[str]
) -> None:
    sign_in(page, live_server.url, "agent@calder.example")
    page.keyboard.press("Enter")
    see(page, "#composer")
    assert page.get_attribute("#composer", "data-open") == ""
    page.keyboard.press("n")
    page.keyboard.type("Only for us.")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    assert page.input_value("form[data-editor=reply] textarea") == ""
    assert page.input_value("form[data-editor=note] textarea") == "Only for us."
    assert complaints == []


def test_the_desk_works_without_a_script(browser: Any, live_server: Any, story: World) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server.url, "agent@calder.example")
    page.click("a.sub:has-text('Outbound mail')")
    page.click("text=Reply to customer")
    page.fill("form[data-editor=reply] textarea", "We are on it.")
    page.click("form[data-editor=reply] button[popovertarget=send-menu]")
    page.click("#send-menu button:has-text('Leave the status')")
    page.wait_for_selector(".msg:has-text('We are on it.')")
    page.click(".verbs a:has-text('Assign')")
    page.select_option("select[name=assignee]", label="Marta Kovac")
    page.click("button:has-text('Assign')")
    page.wait_for_selector("h1:has-text('Outbound mail')")
    assert ticket("Outbound mail is delayed").assignee == story.lead
    context.close()
