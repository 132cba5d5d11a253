"""Forms in a browser: what is filled in goes on elsewhere, and fields appear as soon as the answer is chosen."""

from typing import Any

import pytest
from django.conf import settings

from core.actor import ALL
from customers import scoping
from tests.browser import looking
from tests.browser.test_every_screen import sign_in
from tests.places import NOON, SYSTEM, World, build_world
from tickets import actions
from tickets.models import CustomField, Draft, Ticket

PLACES = """() => {
  const y = () => document.querySelector('.side').getBoundingClientRect().y, main = document.querySelector('.main');
  const whole = y();
  main.remove();
  const alone = y();
  document.querySelector('.app').append(main);
  return [whole, alone];
}"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not looking.AXE.exists(), reason="The front end is not built: run make run once."),
]


@pytest.fixture
def town(live_server: Any, monkeypatch: pytest.MonkeyPatch, committing_db: str) -> World:
    monkeypatch.setitem(settings.CACHES["default"], "KEY_PREFIX", committing_db)
    with scoping.scope(ALL):
        world = build_world()
        common = {"kind": "incident", "required_at": "open", "is_on_portal": True}
        tunnel = CustomField(key="tunnel", type="text", label="Tunnel", category=world.category, **common)
        actions.create_field(tunnel, by=SYSTEM, at=NOON)
        shown_when = [{"field": "impact", "values": ["1"]}]
        floor = CustomField(key="floor", type="text", label="Floor", shown_when=shown_when, **common)
        actions.create_field(floor, by=SYSTEM, at=NOON)
        return world


def test_a_new_ticket_goes_on_in_another_browser_with_the_fields_of_its_category(
    page: Any, browser: Any, live_server: Any, town: World
) -> None:
    at = f"{live_server.url}/desk/new/?caller={town.acme.requester.pk}"
    faults: list[str] = []
    page.emulate_media(reduced_motion="reduce")
    page.route(
        "**/live/**", lambda route: route.fulfill(content_type="text/event-stream", body="retry: 600000\n\n")
    )
    page.on(
        "console",
        lambda one: faults.append(f"{one.text} {one.location}") if one.type in ("error", "warning") else None,
    )
    sign_in(page, live_server.url, town.agent)
    page.goto(at)
    page.get_by_label("Subject").fill("VPN drops")
    page.get_by_label("Category").select_option(str(town.category.pk))
    page.get_by_label("Tunnel").fill("T-1")
    page.get_by_label("Everybody, or a critical service").check()
    page.get_by_label("Floor").wait_for()
    assert page.get_by_label("Tunnel").input_value() == "T-1"
    with page.expect_response(lambda one: "/desk/new/draft/" in one.url and one.status == 200):
        page.get_by_label("Floor").fill("4")
    page.locator("[data-draft-state]").get_by_text("Draft saved").wait_for()
    elsewhere = browser.new_context(
        viewport={"width": 390, "height": 844}, reduced_motion="reduce"
    ).new_page()
    sign_in(elsewhere, live_server.url, town.agent)
    elsewhere.goto(f"{live_server.url}/desk/new/")
    elsewhere.get_by_role("link", name="VPN drops").click()
    elsewhere.get_by_text("You go on with the draft of").wait_for()
    kept = [elsewhere.get_by_label(name).input_value() for name in ("Subject", "Tunnel", "Floor")]
    assert kept == ["VPN drops", "T-1", "4"]
    assert looking.faults(elsewhere) == []
    elsewhere.set_viewport_size({"width": 390, "height": 844})
    places = elsewhere.evaluate(PLACES)
    assert places[0] == places[1]  # the bar at the foot, while the page behind it is still on its way too
    elsewhere.get_by_label("Subject").press("Control+Enter")
    elsewhere.wait_for_url("**/desk/tickets/**")
    elsewhere.context.close()
    page.goto(at)
    assert page.get_by_label("Subject").input_value() == ""
    with scoping.scope(ALL, caller=f"user:{town.agent.pk}"):
        assert (Ticket.objects.get().title, Draft.objects.count()) == ("VPN drops", 0)
    assert faults == [], "\n".join(faults)


def test_the_report_asks_what_the_guessed_service_and_the_answers_ask_for(
    page: Any, live_server: Any, town: World
) -> None:
    page.emulate_media(reduced_motion="reduce")
    sign_in(page, live_server.url, town.acme.requester.user)
    page.goto(f"{live_server.url}/report/")
    page.get_by_label("What happens?").click()
    page.get_by_label("What happens?").fill("No access from home")
    page.get_by_label("Everybody, or a whole site").check()
    page.get_by_label("Floor").fill("4")
    page.get_by_label("Tunnel").wait_for()
    assert looking.faults(page) == []
    slow = {"offline": False, "latency": 300, "downloadThroughput": -1, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    page.get_by_label("Floor").fill("5")
    with page.expect_response(
        lambda one: "/fields/" in one.url
    ):  # leaving Floor asks anew; meanwhile one writes on
        page.get_by_label("Tunnel").fill("T-2")
    page.locator("#extra-fields:not([aria-busy])").wait_for()
    written = [page.get_by_label(name).input_value() for name in ("Floor", "Tunnel")]
    assert written == ["5", "T-2"]
    page.get_by_label("Tunnel").press("Control+Enter")
    page.wait_for_url("**/requests/**")
