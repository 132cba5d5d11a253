"""Who follows a ticket, the way from a duplicate to the one that stays, and the reports, at the desk and the portal."""

import datetime as dt

import pytest
from django.test import Client

from core import time
from customers import ALL, scope
from tests.desk.hands import forms
from tests.places import NOON, build_world, report
from tickets import actions, verbs
from tickets.models import Participant, Ticket, Watcher

pytestmark = pytest.mark.django_db
LATER = NOON + dt.timedelta(hours=2)


class Scene:
    """Two incidents of Acme at the desk's and the portal's doors."""

    def __init__(self) -> None:
        with time.frozen(NOON), scope(ALL):
            self.world = build_world()
            self.first, self.second = report(self.world.acme, title="First"), report(self.world.acme)
            self.agent = self.world.actor(self.world.agent)

    def at(self, user, method: str, path: str, data=None):
        browser = Client(HTTP_HOST="localhost")
        browser.force_login(user)
        with time.frozen(LATER):
            return getattr(browser, method)(path, data or {}, follow=True)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_merged_number_leads_to_the_one_that_stays_and_says_so_at_both_doors(scene: Scene):
    first, second, world = scene.first.number, scene.second.number, scene.world
    done = scene.at(world.agent, "post", f"/desk/tickets/{second}/do/merge/", {"into": first})
    assert f"{second} was merged into this one, {first}." in done.content.decode()
    page = scene.at(world.agent, "get", f"/{second}/")
    assert page.redirect_chain[-1][0] == f"/desk/tickets/{first}/"
    assert f"/desk/tickets/{second}/do/unmerge/" in page.content.decode()
    portal = scene.at(world.acme.requester.user, "get", f"/requests/{second}/")
    assert f"{second} is the same as this one" in portal.content.decode()
    scene.at(world.agent, "post", f"/desk/tickets/{second}/do/unmerge/")
    with scope(ALL):
        assert Ticket.objects.get(number=second).state == "new"


def test_an_agent_watches_and_lets_a_colleague_take_part_who_then_answers(scene: Scene):
    number, world = scene.first.number, scene.world
    scene.at(world.agent, "post", f"/desk/tickets/{number}/watch/")
    person = str(world.acme.colleague.pk)
    page = scene.at(world.agent, "post", f"/desk/tickets/{number}/people/", {"person": person})
    assert "takes part" in page.content.decode()
    with scope(ALL):
        assert (Watcher.objects.count(), Participant.objects.count()) == (1, 1)
    shown = scene.at(world.acme.colleague.user, "get", f"/requests/{number}/")
    assert 'name="body"' in shown.content.decode()
    assert "not-yet" not in shown.content.decode()


def test_the_portal_begins_a_follow_up_of_what_is_closed(scene: Scene):
    world = scene.world
    with time.frozen(NOON), scope(ALL):
        raw = {"code": "fixed", "note": "x"}
        solved = verbs.run(scene.first, "resolve", raw, by=scene.agent, at=NOON)
        verbs.run(solved, "close", {}, by=scene.agent, at=NOON)
    path = f"/requests/{scene.first.number}/"
    requester = world.acme.requester.user
    assert "It is back" in scene.at(requester, "get", path).content.decode()
    scene.at(requester, "post", f"{path}follow-up/", {"body": "It drops again"})
    with scope(ALL):
        made = Ticket.objects.latest("id")
        assert (made.title, made.requester, made.state) == ("First", world.acme.requester, "new")


def test_reports_are_for_who_leads_and_count_what_was_paused(scene: Scene):
    with time.frozen(NOON), scope(ALL):
        actions.assign(scene.first, by=scene.agent, at=NOON, assignee=scene.world.agent)
    refused = scene.at(scene.world.agent, "get", "/desk/reports/pauses/")
    assert refused.status_code == 403
    for page in ("pauses/", "pauses/?agent=none", "lowered/"):
        assert scene.at(scene.world.lead, "get", f"/desk/reports/{page}").status_code == 200


def test_a_merge_is_looked_at_before_it_is_done_and_can_be_turned_round(scene: Scene):
    first, second, world = scene.first.number, scene.second.number, scene.world
    asked = scene.at(world.agent, "get", f"/desk/tickets/{second}/do/merge/")
    assert asked.redirect_chain[-1][0] == f"/desk/merge/?a={second}"
    shown = scene.at(world.agent, "get", "/desk/merge/", {"a": second, "b": first})
    found = forms(shown.text)["/desk/merge/"]
    assert {name: found[name] for name in ("version", "a", "b", "stays")} == {
        "version": "1", "a": second, "b": first, "stays": first,
    }  # fmt: skip
    turned = scene.at(world.agent, "get", "/desk/merge/", {"a": second, "b": first, "stays": second})
    assert forms(turned.text)["/desk/merge/"]["stays"] == second
    with scope(ALL):
        assert Ticket.objects.open().count() == 2
    done = scene.at(world.agent, "post", "/desk/merge/", forms(turned.text)["/desk/merge/"])
    assert done.redirect_chain[-1][0] == f"/desk/tickets/{second}/"
    with scope(ALL):
        assert Ticket.objects.get(number=first).state == "closed"


def test_a_merge_that_is_refused_says_why_and_has_no_button(scene: Scene):
    with time.frozen(NOON), scope(ALL):
        foreign = report(scene.world.beta)
    world, number = scene.world, scene.first.number
    shown = scene.at(world.agent, "get", "/desk/merge/", {"a": number, "b": foreign.number})
    assert "Only tickets of one customer are merged." in shown.text
    assert 'icon-copy"></use></svg>Merge<' not in shown.text
    unknown = scene.at(world.agent, "get", "/desk/merge/", {"a": number, "b": "INC-9"})
    assert (unknown.status_code, "There is no ticket" in unknown.text) == (422, True)
    nobody = scene.at(world.acme.agent, "get", "/desk/merge/", {"a": number, "b": foreign.number})
    assert nobody.status_code == 422


def test_who_takes_part_has_the_request_among_his_own_and_finds_it(scene: Scene):
    world, number = scene.world, scene.first.number
    colleague = world.acme.colleague
    assert number not in scene.at(colleague.user, "get", "/requests/").text
    with time.frozen(NOON), scope(ALL):
        actions.add_participant(scene.first, by=scene.agent, at=NOON, person=colleague)
    listed = scene.at(colleague.user, "get", "/requests/").text
    assert (number in listed, scene.second.number in listed) == (True, False)
    assert "You take part" in scene.at(colleague.user, "get", "/search/", {"q": "First"}).text
    assert number in scene.at(colleague.user, "get", "/").text
    page = scene.at(world.acme.requester.user, "get", f"/requests/{number}/").text
    assert f"<bdi>{colleague.name}</bdi>" in page
