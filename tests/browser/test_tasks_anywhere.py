"""Tasks 9, 10 and 12 of the usability walk: find, log a call, and spread the tickets of who is ill."""

import datetime as dt
from typing import Any

from accounts import absences
from core.actor import ALL
from customers import scoping
from slas.models import Timer
from tests.browser import test_desk_story as desk
from tests.browser.test_desk_story import complaints, story  # noqa: F401 - fixtures
from tests.browser.walking import BADGES, MAIL, Hands, fresh, hands, mailed  # noqa: F401
from tests.places import SYSTEM, World, report
from tickets import actions
from tickets.models import Ticket

pytestmark = desk.pytestmark


def test_tasks_9_and_10_anywhere(hands: Hands, story: World, complaints: list[str]) -> None:  # noqa: F811
    hands.at("/desk/", "tr.r.cur")
    hands.press("/")
    hands.write("badge cards")
    hands.press("Enter")
    hands.see(".found-list li")
    assert hands.spent() <= 3
    assert desk.ticket(BADGES).number in " ".join(hands.page.locator(".found-list li").all_inner_texts()[:3])
    hands.press("Control+k")
    hands.write("badge cards")
    hands.press("Enter")
    hands.page.wait_for_url(f"**/{desk.ticket(BADGES).number}/**")
    assert hands.spent() <= 3

    hands.at("/desk/", "tr.r.cur")
    hands.press("c")
    hands.see("#caller:focus")
    hands.narrow("colleague acme")
    hands.count -= len("eague acme")  # three letters are enough at the desk; here everybody is named alike
    hands.press("Enter")
    hands.see("#id_title:focus")
    hands.write("The phone has no line")
    hands.press("Control+Enter")
    hands.see("#composer[data-started]")
    hands.press("Shift+A")
    hands.see(".toast:has-text('is yours')")
    assert hands.spent() <= 10
    made = fresh("The phone has no line")
    found = (made.kind, made.channel, made.requester, made.assignee)
    assert found == ("incident", "phone", story.acme.colleague, story.agent)
    with scoping.scope(ALL):
        assert Timer.objects.filter(ticket=made, state="running").exists()
    assert hands.lost == []
    assert complaints == []


def test_task_12_by_keys_and_by_pointer(hands: Hands, page: Any, story: World, complaints: list[str]) -> None:  # noqa: F811
    with scoping.scope(ALL) as here:
        at, lead = here.at, story.actor(story.lead)
        sick = [report(story.acme, at=at, title=f"Screen {one} stays dark") for one in range(14)]
        for one in sick:
            actions.assign(one, by=lead, at=at, assignee=story.agent)
        actions.assign(desk.ticket(MAIL), by=lead, at=at, assignee=story.lead)
        today = dt.datetime.now(dt.UTC).date()
        absences.create_absence(story.agent, by=SYSTEM, at=at, from_on=today, to_on=today)
    page.context.clear_cookies()
    desk.sign_in(page, hands.url, story.lead.email)
    told = len(mailed())
    hands.at("/desk/", "tr.r.cur")
    hands.press("g", "t")
    hands.see("[data-line-link]:focus")
    hands.press("Enter")
    page.wait_for_url("**/desk/teams/service-desk/")
    hands.see("#board [data-line-link]")
    hands.press("j", "j", "Enter")
    page.wait_for_url("**/rebalance/**")
    hands.see("tbody select")
    hands.press("Control+Enter")
    hands.see("h2:has-text('14 tickets moved')")
    assert hands.spent() <= 7
    assert page.is_visible("button:has-text('Undo')")
    with scoping.scope(ALL):
        numbers = [one.number for one in sick]
        assert set(Ticket.objects.filter(number__in=numbers).values_list("assignee__name", flat=True)) == {
            "Marta Kovac"
        }
    assert mailed()[told:] == []  # she did it herself
    page.keyboard.press("z")
    hands.see("h2:has-text('14 tickets are back')")

    hands.at("/desk/", "tr.r.cur")
    hands.click(".side a:has-text('Teams')", "td a:has-text('Service desk')")
    hands.click("[aria-label='Hand over the tickets of Sofia Keller']", "button:has-text('Apply')")
    hands.see("h2:has-text('14 tickets moved')")
    assert hands.spent() <= 5
    assert complaints == []
