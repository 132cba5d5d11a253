"""The queue by its addresses: views, groups, filters, pages by key, the picker at a cell, what each has read."""

import datetime as dt
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from journal.models import Entry
from slas import standards
from tests.desk.hands import send, sign_in
from tests.places import NOON, SYSTEM, World, report
from tickets import verbs
from tickets.models import SavedView, Ticket, TicketRead, ViewStar


@pytest.fixture
def agent(world: World, client: Client) -> Client:
    """A browser in which an agent of the provider is signed in."""
    standards.best_effort(by=SYSTEM, at=NOON)
    return sign_in(client, world.agent)


def listed(page) -> list[str]:
    return re.findall(r'id="row-([A-Z0-9-]+)"', page.text)


def groups(page) -> list[str]:
    return re.findall(r'<tbody data-group="([^"]*)"', page.text)


def test_counts_beside_the_queue_may_be_old_but_never_older_than_ones_own_deed(
    agent: Client, world: World, settings
):
    settings.COUNTERS_SECONDS = 60

    def beside() -> str:
        return re.search(r">All open</span><span class=\"n[^>]*>(\d+)<", agent.get("/desk/").text)[1]

    first = report(world.acme)
    assert beside() == "1"
    report(world.acme)
    agent.post(f"/desk/tickets/{first.number}/presence/", {"kind": "viewing"})
    assert beside() == "1"
    agent.post(f"/desk/tickets/{first.number}/do/accept/", {"version": first.version})
    assert beside() == "2"


def test_every_row_is_reached_once_by_pages_in_every_grouping(agent: Client, world: World):
    for number in range(60):
        report(
            world.acme if number % 2 else world.beta,
            urgency=1 + number % 3,
            at=NOON + dt.timedelta(minutes=number % 7),
        )
    for shape in ("", "?group=priority", "?group=customer", "?group=team", "?group=none&ordering=-opened_at"):
        page = agent.get(f"/desk/{shape}")
        found = listed(page)
        assert len(found) == 50, shape
        more = re.search(r'data-more href="([^"]+)"', page.text)[1].replace("&amp;", "&")
        rest = agent.get(more, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="queue-more")
        found += listed(rest)
        assert "data-more" not in rest.text
        assert (len(found), len(set(found))) == (60, 60), shape


def test_groups_carry_their_names_and_counts(agent: Client, world: World):
    report(world.acme)
    report(world.beta, at=NOON - dt.timedelta(days=400))
    assert groups(agent.get("/desk/"))[0] == "overdue"
    assert groups(agent.get("/desk/?group=customer")) == [world.acme.customer.name, world.beta.customer.name]
    assert groups(agent.get("/desk/?group=assignee")) == [""]


def test_a_filter_lies_in_the_address_and_reads_as_a_sentence(agent: Client, world: World, incident: Ticket):
    asked = {"field": "priority", "op": "not", "value": ["1", "2"], "to": "?view=unassigned"}
    answer = agent.get("/desk/filter/apply/", asked)
    assert parse_qs(urlsplit(answer.url).query) == {"view": ["unassigned"], "priority": ["!1,2"]}
    page = agent.get(answer.url)
    assert 'Priority is not <b class="own">P1 Critical or P2 High</b>' in page.text
    when = agent.get("/desk/filter/apply/", {"field": "opened", "op": "after", "value": "7 days ago"})
    assert parse_qs(urlsplit(when.url).query) == {"opened_after": ["now-7d"]}
    assert listed(agent.get(when.url)) == [incident.number]
    assert agent.get("/desk/filter/apply/", {"field": "opened", "value": "some day"}).status_code == 400
    assert agent.get("/desk/filter/apply/", {"field": "mood", "value": "x"}).status_code == 400


def test_a_view_is_kept_changed_put_back_and_dropped(agent: Client, world: World, incident: Ticket):
    page = agent.get("/desk/views/?priority=1&group=team&columns=team,status&density=compact")
    action = "/desk/views/?priority=1&group=team&columns=team,status&density=compact"
    answer = send(agent, page, action, name="Hot", whose="me", is_starred="on")
    view = SavedView.objects.get()
    assert (view.filters, view.grouping, view.columns, view.density) == (
        {"priority": "1"}, "team", ["team", "status"], "compact",
    )  # fmt: skip
    assert answer.url == f"/desk/?view={view.slug}"
    assert ViewStar.objects.get().slug == view.slug
    page = agent.get(answer.url)
    assert (listed(page), "Reset" in page.text) == ([], False)
    changed = f"/desk/?view={view.slug}&filters=none"
    page = agent.get(changed)
    assert (listed(page), "Reset" in page.text) == ([incident.number], True)
    send(agent, page, f"/desk/views/{view.slug}/?view={view.slug}&filters=none", deed="save")
    view.refresh_from_db()
    assert view.filters == {}
    agent.post(f"/desk/views/{view.slug}/", {"deed": "drop"})
    assert (SavedView.objects.count(), ViewStar.objects.count()) == (0, 0)


def test_a_picker_saves_at_once_and_answers_with_the_row(agent: Client, world: World, incident: Ticket):
    one = f"/desk/tickets/{incident.number}/pick"
    done = agent.post(f"{one}/assignee/", {"value": world.lead.pk, "version": incident.version})
    assert done.status_code == 200
    assert "Marta Kovac" in done.json()["row"]
    stale = agent.post(f"{one}/assignee/", {"value": world.agent.pk, "version": incident.version})
    assert (stale.status_code, "Marta Kovac" in stale.json()["row"]) == (412, True)
    level = agent.post(f"{one}/priority/", {"value": "1"}).json()
    incident.refresh_from_db()
    assert (incident.priority, incident.priority_override, level["version"]) == (1, None, incident.version)
    before = Entry.objects.count()
    refused = agent.post(f"{one}/status/", {"value": "resume"})
    assert (refused.status_code, Entry.objects.count()) == (409, before)
    assert agent.post(f"{one}/mood/", {"value": "x"}).status_code == 404


def test_an_auditor_sees_no_choices_and_changes_nothing(client: Client, world: World, incident: Ticket):
    auditor, before = sign_in(client, world.auditor), Entry.objects.count()
    one = f"/desk/tickets/{incident.number}/pick/team/"
    assert "data-option" not in auditor.get(one).text
    assert auditor.post(one, {"value": ""}).status_code == 403
    assert Entry.objects.count() == before


def test_unread_is_what_came_after_ones_own_reading_and_is_not_answered(
    agent: Client, world: World, incident: Ticket
):
    by = world.actor(world.agent)
    verbs.run(incident, "accept", {}, by=by, at=NOON)
    later = NOON + dt.timedelta(minutes=5)
    verbs.run(incident, "reply", {"body": "Any news?"}, by=world.actor(world.acme.requester), at=later)
    assert "r unread" in agent.get("/desk/").text
    agent.post(f"/desk/tickets/{incident.number}/read/")
    TicketRead.objects.update(at=later + dt.timedelta(minutes=1))
    assert "r unread" not in agent.get("/desk/").text
    agent.post(f"/desk/tickets/{incident.number}/read/", {"unread": "1"})
    assert "r unread" in agent.get("/desk/").text
    verbs.run(incident, "reply", {"body": "Soon."}, by=by, at=later + dt.timedelta(minutes=2))
    assert "r unread" not in agent.get("/desk/").text


def test_a_row_that_left_the_view_says_so(agent: Client, world: World, incident: Ticket):
    path = f"/desk/rows/?view=unassigned&n={incident.number}"
    assert "data-gone" not in agent.get(path).text
    verbs.run(incident, "assign", {"assignee": "me"}, by=world.actor(world.agent), at=NOON)
    assert "data-gone" in agent.get(path).text


def test_what_is_at_hand_is_ordered(agent: Client, world: World):
    for slug in ("mine", "overdue"):
        agent.post(f"/desk/views/{slug}/star/", {"is_starred": "true"})
    agent.post("/desk/views/order/", {"slug": ["overdue", "mine"]})
    page = agent.get("/desk/").text
    assert page.index('data-starred="overdue"') < page.index('data-starred="mine"')
