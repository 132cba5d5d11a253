"""Two tickets made one in a real browser: looked at first, turned round, done, and taken out again."""

import datetime as dt
from typing import Any

import pytest

from core.actor import ALL
from customers import scoping
from tests.browser import looking
from tests.browser.test_desk_story import complaints, sign_in  # noqa: F401
from tests.places import build_world, report
from tickets.models import Ticket

pytestmark = pytest.mark.browser


def test_a_duplicate_is_merged_and_taken_out_again(page: Any, live_server: Any, complaints: list[str]):  # noqa: F811
    now = dt.datetime.now(dt.UTC)
    with scoping.scope(ALL):
        world = build_world(now - dt.timedelta(hours=3))
        older = report(world.acme, title="VPN drops", at=now - dt.timedelta(hours=2))
        newer = report(
            world.acme, title="VPN drops again", at=now - dt.timedelta(hours=1),
            requester=world.acme.colleague, by=world.acme.actor(world.acme.colleague),
        )  # fmt: skip
    width, height = looking.SIZES["desk"]
    page.set_viewport_size({"width": width, "height": height})
    sign_in(page, live_server.url, world.agent.email)
    page.goto(f"{live_server.url}/desk/tickets/{newer.number}/")
    page.keyboard.press("d")
    page.wait_for_selector("dialog[open] input[name=b]")
    page.fill("dialog input[name=b]", older.number)
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog .pair")
    assert page.inner_text("dialog .pair-one.on .mono") == older.number
    page.click("dialog >> text=Let the other one stay")
    page.wait_for_selector(f"dialog .pair-one.on >> text={newer.number}")
    page.click("dialog >> text=Let the other one stay")
    page.wait_for_selector(f"dialog .pair-one.on >> text={older.number}")
    assert looking.violations(page) == []
    page.check("dialog input[name=participant]")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/desk/tickets/{older.number}/")
    page.click("#following >> text=Undo")
    page.click("dialog[open] button:has-text('Undo the merge')")
    page.wait_for_selector("#following >> text=Nobody else follows it")
    with scoping.scope(ALL):
        assert Ticket.objects.get(pk=newer.pk).state == "new"
    assert complaints == []
