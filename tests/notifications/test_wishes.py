"""What one person hears of: the matrix, what is muted, quiet hours, the daily mail, and who stands in."""

import datetime as dt
import zoneinfo
from typing import Any

import pytest
from django.test import Client

from accounts import absences, tokens
from accounts.models import User
from core import errors, time
from customers import ALL, scope
from journal.models import Entry
from notifications import digests, matrix, preference_actions, wishes
from notifications.choices import Channel, State, Topic
from notifications.models import Digest, Message, Preference, TicketMute
from notifications.rules import RULES
from tests.notifications.post import LATER, deliver
from tests.places import NOON, SYSTEM, World
from tickets import actions as common
from tickets.models import Ticket

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def choose(world: World, user: User, **cells: dict[str, str]) -> None:
    preference_actions.choose(user, by=world.actor(user), at=NOON, cells=cells)


def assign_to_agent(world: World, ticket: Ticket, at: dt.datetime = NOON) -> None:
    common.assign(ticket, by=world.actor(world.lead), at=at, assignee=world.agent)


def to_agent(world: World) -> list[Message]:
    return [one for one in deliver() if one.user_id == world.agent.pk]


@pytest.mark.parametrize(
    ("chosen", "state"),
    [({}, "queued"), ({"email": "now"}, "queued"), ({"email": "digest"}, "digest"), ({"email": "off"}, None)],
)
def test_a_mail_comes_as_its_reader_chose(world: World, incident: Ticket, chosen: dict, state: str | None):
    choose(world, world.agent, assigned=chosen)
    assign_to_agent(world, incident)
    assert [one.state for one in to_agent(world)] == ([state] if state else [])


def test_every_rule_that_people_choose_about_has_its_line_and_every_line_its_rule():
    used = {one.topic for one in RULES if one.topic}
    assert used == set(matrix.LINES) - {Topic.SURVEY}  # which is a part of another mail
    assert set(matrix.LINES) == set(Topic)


def test_what_is_the_default_leaves_no_row(world: World):
    choose(world, world.agent, assigned={"email": "off", "inbox": "off"}, task={"email": "digest"})
    choose(world, world.agent, assigned={"email": "now", "inbox": "off"}, task={"email": "now"})
    assert list(Preference.objects.values_list("topic", "channel", "mode")) == [("assigned", "inbox", "off")]


def test_nobody_chooses_for_another_and_nothing_that_is_not_there(world: World):
    with pytest.raises(errors.Forbidden):
        preference_actions.choose(
            world.agent, by=world.actor(world.lead), at=NOON, cells={"task": {"email": "off"}}
        )
    for cells in ({"weather": {"email": "off"}}, {"task": {"inbox": "digest"}}, {"answer": {"inbox": "now"}}):
        with pytest.raises(errors.Malformed):
            choose(world, world.agent, **cells)
    assert not Preference.objects.exists()


def verdicts(at: dt.datetime, known: wishes.Wishes) -> list[str | None]:
    """For a plain mail and for one that must come."""
    found = [known.mail(1, Topic.CLOCK, zone=BERLIN, is_must=must) for must in (False, True)]
    return [one.state if one else None for one in found]


@pytest.mark.parametrize(
    ("known", "states"),
    [
        ({"mutes": {(1, "")}}, [None, "queued"]),
        ({"mutes": {(1, "clock")}}, [None, "queued"]),
        ({"mutes": {(1, "task"), (2, "")}}, ["queued", "queued"]),
        ({"deaf": {1}}, [None, "queued"]),
        ({"modes": {(1, Topic.CLOCK, Channel.EMAIL): "off"}}, [None, "queued"]),
        ({"modes": {(1, Topic.CLOCK, Channel.EMAIL): "digest"}}, ["digest", "queued"]),
    ],
)
def test_what_must_come_comes_whatever_was_chosen(known: dict[str, Any], states: list[str | None]):
    assert verdicts(NOON, wishes.Wishes(NOON, **known)) == states


@pytest.mark.parametrize(
    ("local", "start", "end", "until"),
    [
        ("2026-11-18 23:00", 22, 7, "2026-11-19 07:00"),
        ("2026-11-19 06:59", 22, 7, "2026-11-19 07:00"),
        ("2026-11-19 07:00", 22, 7, None),
        ("2026-11-18 12:30", 12, 13, "2026-11-18 13:00"),
        ("2026-11-18 11:59", 12, 13, None),
        ("2026-10-24 23:00", 22, 7, "2026-10-25 07:00"),  # the night that is an hour longer
    ],
)
def test_quiet_hours_end_on_the_clock_of_the_wall(local: str, start: int, end: int, until: str | None):
    at = dt.datetime.fromisoformat(local).replace(tzinfo=BERLIN)
    found = wishes.quiet_until(at, BERLIN, dt.time(start), dt.time(end))
    assert (found.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M") if found else None) == until


def test_in_quiet_hours_a_mail_waits_and_goes_when_they_end(world: World, incident: Ticket):
    by = world.actor(world.agent)
    preference_actions.set_hours(
        world.agent, by=by, at=NOON, digest_hour=8, quiet_from=dt.time(0), quiet_to=dt.time(23, 59)
    )
    assign_to_agent(world, incident)
    (held,) = to_agent(world)
    assert (held.state, held.available_at) == (State.QUIET, LATER.replace(hour=23, minute=59))
    for at, state in ((LATER + HOUR, State.QUIET), (LATER + DAY, State.QUEUED)):
        make_digests(at)
        held.refresh_from_db()
        assert held.state == state


def make_digests(at: dt.datetime) -> int:
    with time.frozen(at):
        return digests.work_off(SYSTEM)


@pytest.mark.parametrize(
    ("at", "hour", "day", "moment"),
    [
        ("2026-11-18T07:00:00Z", 8, "2026-11-18", "2026-11-18T07:00"),
        ("2026-11-18T06:59:00Z", 8, "2026-11-17", "2026-11-17T07:00"),
        ("2027-03-28T01:30:00Z", 2, "2027-03-28", "2027-03-28T01:00"),  # 2:00 is left out that night
        ("2026-10-25T00:30:00Z", 2, "2026-10-25", "2026-10-25T00:00"),  # 2:30 comes twice that night
        ("2026-10-25T01:30:00Z", 2, "2026-10-25", "2026-10-25T00:00"),
    ],
)
def test_the_day_of_a_daily_mail_is_its_readers(at: str, hour: int, day: str, moment: str):
    found = digests.due(dt.datetime.fromisoformat(at), BERLIN, hour)
    assert (str(found[0]), found[1].strftime("%Y-%m-%dT%H:%M")) == (day, moment)


def test_the_daily_mail_comes_once_a_day_with_all_that_waited(world: World, incident: Ticket):
    choose(world, world.agent, assigned={"email": "digest"}, replied={"email": "digest"})
    assign_to_agent(world, incident)
    common.reply(incident, by=world.acme.actor(world.acme.requester), at=NOON + HOUR, body="And the phone.")
    assert [one.state for one in to_agent(world)] == ["digest", "digest"]  # written at 9:00, after the hour
    assert make_digests(LATER + HOUR) == 0
    tomorrow = LATER + DAY
    assert [make_digests(tomorrow), make_digests(tomorrow), make_digests(tomorrow + HOUR)] == [1, 0, 0]
    carrier, merged = Message.objects.filter(user=world.agent).order_by("id")
    assert (carrier.state, merged.state, merged.merged_into) == ("queued", "merged", carrier)
    assert carrier.subject == "Your daily mail: 2 notifications"
    assert "Customer replied" in carrier.text
    assert list(Digest.objects.values_list("user_id", "on")) == [(world.agent.pk, tomorrow.date())]


def test_what_is_muted_is_not_mailed_until_then(world: World, incident: Ticket):
    by = world.actor(world.agent)
    preference_actions.mute_ticket(world.agent, by=by, at=NOON, number=incident.number)
    with pytest.raises(errors.NotFound):
        preference_actions.mute_ticket(
            world.beta.agent, by=world.actor(world.beta.agent), at=NOON, number=incident.number
        )
    assign_to_agent(world, incident)
    assert to_agent(world) == []
    assert TicketMute.objects.count() == 1
    preference_actions.unmute_ticket(world.agent, by=by, at=NOON, number=incident.number)
    common.reply(incident, by=world.acme.actor(world.acme.requester), at=NOON + HOUR, body="Hello?")
    assert len(to_agent(world)) == 1
    with pytest.raises(errors.Invalid):
        preference_actions.mute(world.agent, by=by, at=NOON, topic="", until=NOON - HOUR)


def test_a_deputy_is_told_beside_who_is_away_and_only_of_what_he_may_see(world: World, incident: Ticket):
    agent = world.actor(world.agent)
    days = {"from_on": NOON.date(), "to_on": NOON.date()}
    absences.create_absence(world.agent, by=agent, at=NOON, deputy=world.auditor, **days)
    assign_to_agent(world, incident)
    told = [one for one in deliver() if one.user_id in (world.agent.pk, world.auditor.pk)]
    assert [one.recipient for one in told] == ["agent@calder.example", "auditor@calder.example"]
    assert "Sofia Keller is away and you stand in." in told[1].text
    absences.end_absence(world.agent.absences.get(), by=agent, at=NOON)
    absences.create_absence(world.agent, by=agent, at=NOON, deputy=world.beta.agent, **days)
    common.reply(incident, by=world.acme.actor(world.acme.requester), at=NOON + HOUR, body="Hello?")
    assert [one.recipient for one in deliver()[-1:]] == ["agent@calder.example"]


def test_whom_a_note_names_is_told_without_its_words(world: World, incident: Ticket):
    deliver()
    common.note(incident, by=world.actor(world.lead), at=NOON, body="@Sofia Keller SECRET-NOTE")
    (mail,) = to_agent(world)
    assert mail.subject == f"[{incident.number}] Marta Kovac names you in a note"
    assert "SECRET" not in mail.text + mail.html + mail.subject


def test_the_page_and_the_interface_change_the_same(world: World, incident: Ticket, client: Client):
    client.force_login(world.agent)
    before = Entry.objects.count()
    page = client.get("/account/profile/notifications/").content.decode()
    assert "A ticket is given to me or my team" in page
    assert "My request is solved" not in page
    given = {"digest_hour": "6", "quiet_from": "22:00", "quiet_to": "07:00"}
    cells = {
        f"{one.topic}-{channel}": one.default(channel)
        for one in matrix.DESK
        for channel in matrix.channels(one)
    }
    refused = client.post(
        "/account/profile/notifications/", {**given, **cells, "quiet_to": "", "task-email": "off"}
    )
    assert refused.status_code == 422
    assert not Preference.objects.exists()
    client.post("/account/profile/notifications/", {**given, **cells, "task-email": "off"})
    client.post("/account/profile/notifications/mute/", {"what": "ticket", "number": incident.number})
    secret = tokens.issue(world.agent, name="t", scopes=["write"], at=NOON)[1]
    door = {"path": "/api/v1/me/notifications/", "HTTP_AUTHORIZATION": f"Bearer {secret}"}
    found = client.get(**door).json()
    assert (found["matrix"]["task"], found["digest_hour"], found["quiet_from"]) == (
        {"email": "off", "inbox": "now"}, 6, "22:00:00",
    )  # fmt: skip
    assert found["muted_tickets"] == {incident.number: None}
    body = {
        "matrix": {"task": {"email": "now"}},
        "muted_tickets": {incident.number: None},
        "quiet_from": None,
        "quiet_to": None,
    }
    assert client.patch(data=body, content_type="application/json", **door).json()["muted_tickets"] == {}
    assert (
        client.patch(
            data={"matrix": {"task": {"email": "x"}}}, content_type="application/json", **door
        ).status_code
        == 400
    )
    with scope(ALL):
        assert Entry.objects.count() == before
        assert not Preference.objects.exists()
