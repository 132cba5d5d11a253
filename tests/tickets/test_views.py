"""Saved views: whose they are, what they show, and that nobody changes another's."""

import pytest
from django.test import Client

from accounts import tokens
from core import errors
from journal.models import Entry
from tests.places import NOON, World, report
from tickets import filters, standing, view_actions
from tickets.models import SavedView, Ticket, TicketRead, ViewStar


def keep(world: World, **given) -> SavedView:
    view = SavedView(**{"name": "Hot ones", "owner": world.agent, "filters": {"priority": "1,2"}, **given})
    return view_actions.create_view(view, by=world.actor(world.agent), at=NOON)


def test_a_view_of_ones_own_leaves_no_entry_and_a_team_s_does(world: World):
    before = Entry.objects.count()
    own = keep(world)
    assert (own.belongs_to, Entry.objects.count()) == ("me", before)
    shared = keep(world, owner=None, team=world.desk)
    assert shared.belongs_to == "team"
    assert Entry.objects.latest("id").name == "view.created"


def test_nobody_sees_or_changes_another_s_view(world: World):
    own, lead = keep(world), world.actor(world.lead)
    assert list(SavedView.objects.visible_to(lead)) == []
    for deed in (
        lambda: view_actions.change_view(own, by=lead, at=NOON, fields={"name": "Mine now"}),
        lambda: view_actions.delete_view(own, by=lead, at=NOON),
    ):
        with pytest.raises(errors.Forbidden):
            deed()
    assert SavedView.objects.get().name == "Hot ones"


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"filters": {"priority": "x"}}, {"filters": {"colour": "red"}}, {"columns": ["a b"]},
     {"grouping": "mood"}, {"ordering": "mood"}],
)  # fmt: skip
def test_what_the_queue_cannot_show_is_no_view(world: World, wrong: dict):
    with pytest.raises(errors.Refused):
        keep(world, **wrong)
    assert SavedView.objects.count() == 0


def test_a_view_shows_what_its_filters_say_and_open_ones_only(world: World):
    hot, cold = report(world.acme, impact=1, urgency=1), report(world.acme, impact=3, urgency=3)
    view, agent = keep(world), world.actor(world.agent)
    shown = Ticket.objects.filter(filters.condition(standing.filters_of(view.slug, agent), agent))
    assert list(shown) == [hot]
    with pytest.raises(errors.Malformed):
        standing.filters_of(view.slug, world.actor(world.lead))
    soon = filters.condition({"opened_after": "now-1h", "opened_before": "now+1h"}, agent)
    assert set(Ticket.objects.filter(soon)) == {hot, cold}


def test_what_is_at_hand_keeps_its_order(world: World):
    agent, own = world.actor(world.agent), keep(world)
    assert view_actions.arrange_views([own.slug, "mine", "nothing"], by=agent) == [own.slug, "mine"]
    assert view_actions.star_view(own.slug, by=agent, is_starred=False) == ["mine"]
    view_actions.star_view(own.slug, by=agent, is_starred=True)
    view_actions.delete_view(own, by=agent, at=NOON)
    assert list(ViewStar.objects.values_list("slug", flat=True)) == ["mine"]


def test_reading_is_noted_once_and_for_oneself(world: World, incident: Ticket):
    agent = world.actor(world.agent)
    for _time in range(2):
        view_actions.mark_read(incident, by=agent, at=NOON)
    assert TicketRead.objects.get().user == world.agent
    view_actions.mark_read(incident, by=agent, at=NOON, is_read=False)
    assert not TicketRead.objects.exists()


def test_a_program_keeps_changes_and_drops_a_view(world: World, client: Client):
    secret = tokens.issue(world.agent, name="t", scopes=["write"], at=NOON)[1]
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}

    def send(method: str, path: str, body: dict | None = None):
        return getattr(client, method)(f"/api/v1/{path}", body, "application/json", **bearer)

    report(world.acme, impact=1, urgency=1)
    report(world.acme, impact=3, urgency=3)
    made = send("post", "views/", {"name": "Hot", "filters": {"priority": "1"}})
    assert made.status_code == 201
    slug = made.json()["slug"]
    listed = client.get(f"/api/v1/tickets/?view={slug}", **bearer).json()["results"]
    assert [one["priority"] for one in listed] == [1]
    assert send("patch", f"views/{slug}/", {"name": "Hotter"}).json()["name"] == "Hotter"
    assert send("patch", f"views/{slug}/", {"filters": {"mood": "x"}}).status_code == 400
    assert client.get("/api/v1/tickets/?view=nobody-s", **bearer).status_code == 400
    assert send("delete", f"views/{slug}/").status_code == 204
    assert not SavedView.objects.exists()
