"""A major incident in a real browser: declared from the ticket, told from its room, seen on every page."""

import datetime as dt
from typing import Any

import pytest

from core.actor import ALL
from customers import scoping
from incidents.models import MajorUpdate, StatusNotice
from tests.browser import looking
from tests.browser.test_desk_story import complaints, sign_in  # noqa: F401
from tests.incidents.major import child, name_top_management
from tests.places import build_world, report
from tickets import verbs

pytestmark = pytest.mark.browser


def test_a_major_incident_is_declared_told_and_seen(page: Any, live_server: Any, complaints: list[str]):  # noqa: F811
    with scoping.scope(ALL):
        world = build_world(dt.datetime.now(dt.UTC) - dt.timedelta(hours=2))
        ticket = report(
            world.acme, at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=20), impact=1, urgency=1
        )
        name_top_management(world)
        child(world, ticket)
    width, height = looking.SIZES["desk"]
    page.set_viewport_size({"width": width, "height": height})
    sign_in(page, live_server.url, world.agent.email)
    page.goto(f"{live_server.url}/desk/tickets/{ticket.number}/do/declare_major/")
    assert "We are working on it" in page.input_value("textarea[name=text]")
    page.focus("textarea[name=text]")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".chip.major")
    page.goto(f"{live_server.url}/desk/major/{ticket.number}/")
    assert page.inner_text("#linked h2").endswith("1")
    assert "2 requesters" in page.inner_text(".told")
    page.fill("#update textarea[name=public]", "A **line** is cut.")
    page.click("text=Preview")
    page.wait_for_selector("#preview")
    assert page.inner_text("#preview strong") == "line"
    page.click("#update button:has-text('Post update')")
    page.wait_for_selector(".toast")
    assert looking.violations(page) == []
    with scoping.scope(ALL):
        assert MajorUpdate.objects.filter(audience="public").count() == 2
        assert StatusNotice.objects.filter(text="A **line** is cut.").count() == 2
    page.fill("#update textarea[name=public]", "Half a sentence")
    with scoping.scope(ALL) as here:
        by, at = world.actor(world.lead), here.at + dt.timedelta(seconds=1)
        verbs.run(ticket, "record_decision", {"text": "Switch to the second line"}, by=by, at=at)
    page.evaluate("document.dispatchEvent(new Event('queue:heard'))")  # as the stream of changes says it
    page.wait_for_selector("#decisions:has-text('Switch to the second line')")
    assert page.input_value("#update textarea[name=public]") == "Half a sentence"
    assert complaints == []
