"""Time spent on a ticket: logged by page and API, corrected by a new row, summed without what was corrected."""

import datetime as dt

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client

from core import errors
from desk.forms import DurationField
from journal.models import Entry
from tests.api.callers import Caller, refused
from tests.desk.hands import send, sign_in
from tests.places import NOON, World
from tickets import actions, beside
from tickets.models import Ticket, TimeEntry


def log(ticket: Ticket, world: World, seconds: int = 1800, **given) -> TimeEntry:
    actions.log_time(ticket, by=world.actor(world.agent), at=NOON, seconds=seconds, **given)
    return TimeEntry.objects.order_by("-id")[0]


def test_time_without_a_start_ended_just_now_and_is_the_actors_own(world: World, incident: Ticket):
    entry = log(incident, world)
    assert (entry.user, entry.started_at, entry.kind) == (
        world.agent,
        NOON - dt.timedelta(minutes=30),
        "work",
    )
    last = Entry.objects.about(incident.kind, incident.pk).order_by("-id")[0]
    assert (last.name, last.audience, last.data["seconds"]) == ("incident.time_logged", "provider", 1800)


def test_a_correction_takes_the_place_of_the_old_row_which_stays(world: World, incident: Ticket):
    old = log(incident, world, is_billable=True)
    new = actions.correct_time(
        old, by=world.actor(world.lead), at=NOON, reason="Lunch", fields={"seconds": 900}
    )
    assert (new.supersedes, new.seconds, new.is_billable, new.user) == (old, 900, True, world.agent)
    assert TimeEntry.objects.get(pk=old.pk).seconds == 1800
    assert beside.of(incident, world.actor(world.agent)).seconds == 900
    with pytest.raises(errors.Conflict, match="correct the newer one"):
        actions.correct_time(old, by=world.actor(world.lead), at=NOON, reason="x", fields={"seconds": 1})
    gone = actions.correct_time(
        new, by=world.actor(world.lead), at=NOON, reason="Wrong", fields={"seconds": 0}
    )
    assert (gone.seconds, beside.of(incident, world.actor(world.agent)).seconds) == (0, 0)


@pytest.mark.parametrize(
    ("fields", "reason", "sentence"),
    [({"seconds": 900}, " ", "why it is corrected"), ({"seconds": 1800}, "x", "Nothing differs")],
)
def test_a_correction_needs_a_reason_and_a_difference(world, incident, fields, reason, sentence):
    old = log(incident, world)
    with pytest.raises(errors.Invalid, match=sentence):
        actions.correct_time(old, by=world.actor(world.agent), at=NOON, reason=reason, fields=fields)
    assert TimeEntry.objects.count() == 1


def test_time_in_the_future_is_refused(world: World, incident: Ticket):
    with pytest.raises(errors.Invalid, match="ends in the future"):
        log(incident, world, started_at=NOON)
    assert not TimeEntry.objects.exists()


def test_the_database_itself_refuses_to_edit_an_entry(world: World, incident: Ticket):
    log(incident, world)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        TimeEntry.objects.update(seconds=1)


def test_by_page_it_is_logged_and_corrected(world: World, incident: Ticket, client: Client):
    sign_in(client, world.agent)
    path = f"/desk/tickets/{incident.number}/do/log_time/"
    assert send(client, client.get(path), path, seconds="1:30", note="On site").status_code == 302
    entry = TimeEntry.objects.get()
    assert (entry.seconds, entry.note) == (5400, "On site")
    path = f"/desk/tickets/{incident.number}/time/{entry.pk}/correct/"
    dialog = client.get(path)
    assert send(client, dialog, path, reason="").status_code == 422
    assert send(client, dialog, path, seconds="45", reason="Too long").status_code == 302
    assert beside.of(incident, world.actor(world.agent)).seconds == 2700
    tab = client.get(f"/desk/tickets/{incident.number}/?tab=time").text
    assert "45 min" in tab
    assert "Too long" in tab


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("45", 2700), ("1:05", 3900), ("1 h 15 min", 4500), ("1.5h", 5400), ("2h", 7200), ("90 min", 5400)],
)
def test_lengths_of_time_as_people_write_them(text: str, seconds: int):
    assert DurationField().clean(text) == seconds


def test_by_api_it_is_logged_read_and_corrected(world: World, incident: Ticket):
    agent, path = Caller(world.agent), f"tickets/{incident.number}/time-entries/"
    made = agent.post(path, {"seconds": 600, "kind": "travel", "person": "lead@calder.example"})
    assert (made.status_code, made.json()["person"]["name"]) == (201, "Marta Kovac")
    one = f"{path}{made.json()['id']}/"
    new = agent.post(f"{one}correct/", {"seconds": 300, "reason": "Half"})
    assert (new.status_code, new.json()["supersedes"]) == (201, made.json()["id"])
    assert [row["seconds"] for row in agent.get(path).json()["results"]] == [300]
    assert len(agent.get(f"{path}?superseded=true").json()["results"]) == 2
    refused(agent.post(path, {"seconds": 0}), 400, "malformed")
    refused(agent.post(path, {"seconds": 90_000}), 400, "malformed")
    assert Caller(world.acme.requester).get(path).json()["results"] == []
    refused(Caller(world.acme.requester).post(path, {"seconds": 60}), 403, "forbidden")
    refused(Caller(world.beta.agent).get(path), 404, "not_found")
