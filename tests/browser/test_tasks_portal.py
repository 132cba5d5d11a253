"""Task 16 of the usability walk: a customer answers the desk on a phone, from the mail's link."""

from typing import Any

from core.actor import ALL
from customers import scoping
from tests.browser import test_desk_story as desk
from tests.browser.test_desk_story import story  # noqa: F401 - fixtures
from tests.browser.walking import BADGES, Hands
from tests.places import World
from tickets.models import Message

pytestmark = desk.pytestmark


def test_a_customer_answers_the_desk_on_a_phone_with_two_taps_in_task_16(
    browser: Any, live_server: Any, story: World  # noqa: F811
) -> None:  # fmt: skip
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    hands = Hands(page, live_server.url)
    number = desk.ticket(BADGES).number
    page.goto(f"{live_server.url}/account/login/?next=/requests/{number}/")
    page.fill("input[name=login]", story.acme.requester.email)
    page.fill("input[name=password]", "correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/requests/{number}/")
    desk.see(page, "#reply textarea")
    hands.tap("#reply textarea")
    assert float(page.evaluate("parseFloat(getComputedStyle(document.activeElement).fontSize)")) >= 16
    hands.write("Gate 4.")
    hands.tap("#reply button:has-text('Send')")
    page.wait_for_selector(".msg:has-text('Gate 4.')")
    assert hands.count <= 3
    answered = desk.ticket(BADGES)
    assert (answered.state, answered.hold_kind) == ("in_progress", "")
    with scoping.scope(ALL):
        assert Message.objects.get(body="Gate 4.").audience == "public"
    context.close()
