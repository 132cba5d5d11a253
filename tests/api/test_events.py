"""The feed for programs: in order, nothing missed however late a transaction commits, nothing that may not be seen."""

import datetime as dt
import json
import threading

import httpx
import pytest

from accounts import actors, tasks, tokens
from accounts.models import Grant
from core import time
from core.actor import ALL
from customers import scoping
from journal import positions
from journal.models import Entry, Position
from tests.api.callers import Caller, refused
from tests.live.conftest import Streams, streams, town  # noqa: F401 - fixtures
from tests.places import NOON, World, report
from tickets import actions, verbs
from tickets.models import Ticket


def read(caller: Caller, after: str = "", **params: object) -> dict:
    asked = {"after": after, **params}
    query = "&".join(f"{name}={value}" for name, value in asked.items() if value)
    answer = caller.get(f"events/?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def told(found: dict) -> list[tuple[str, str]]:
    return [(one["name"], one["subject"]["key"]) for one in found["results"]]


def test_a_program_reads_what_happened_and_goes_on_from_its_cursor(world: World):
    agent = Caller(world.agent)
    start = read(agent, "now")
    assert (start["results"], start["more"]) == ([], False)
    ticket = report(world.acme)
    found = read(agent, start["cursor"])
    assert told(found)[0] == ("incident.opened", ticket.number)
    first = found["results"][0]
    assert first["customer"] == {"key": "acme", "name": world.acme.customer.name}
    assert first["actor"] == {"kind": "user", "name": "Requester canary-acme"}
    assert {"id", "version", "at", "recorded_at", "data"} <= first.keys()
    assert read(agent, found["cursor"])["results"] == []
    actions.assign(ticket, by=world.actor(world.agent), at=NOON, assignee=world.agent)
    verbs.run(ticket, "note", {"body": "Hidden"}, by=world.actor(world.agent), at=NOON)
    assert told(read(agent, found["cursor"])) == [
        ("incident.assigned", ticket.number),
        ("incident.noted", ticket.number),
    ]
    assert told(read(agent, found["cursor"], name="incident.noted")) == [("incident.noted", ticket.number)]
    one = read(agent, found["cursor"], page_size=1)
    assert (told(one), one["more"]) == ([("incident.assigned", ticket.number)], True)
    rest = read(agent, one["cursor"], page_size=1)
    assert (told(rest), rest["more"]) == ([("incident.noted", ticket.number)], False)


def test_each_reads_only_what_he_may_see(world: World):
    start = read(Caller(world.agent), "now")["cursor"]
    mine = report(world.acme)
    verbs.run(mine, "note", {"body": "Hidden"}, by=world.actor(world.agent), at=NOON)
    report(world.acme, requester=world.acme.colleague, by=world.actor(world.acme.colleague))
    report(world.beta)
    own = read(Caller(world.acme.requester), start)
    assert set(told(own)) == {("incident.opened", mine.number)}
    assert "recorded_at" not in own["results"][0]
    customers = {one["customer"]["key"] for one in read(Caller(world.acme.agent), start)["results"]}
    assert customers == {"acme"}


def test_what_is_closed_or_taken_away_before_it_is_read_is_not_told(world: World, incident: Ticket):
    start = read(Caller(world.agent), "now")["cursor"]
    lead = world.actor(world.lead)
    actions.assign(incident, by=lead, at=NOON, assignee=world.lead)
    positions.place(actors.system("feed"))
    assert ("incident.assigned", incident.number) in told(read(Caller(world.agent), start))
    actions.restrict(incident, by=lead, at=NOON, reason="Personnel")
    assert incident.number not in {key for _name, key in told(read(Caller(world.agent), start))}
    assert ("incident.restricted", incident.number) in told(read(Caller(world.lead), start))
    report(world.acme)
    assert read(Caller(world.acme.agent), start)["results"]
    Grant.objects.filter(user=world.acme.agent).delete()
    assert read(Caller(world.acme.agent), start)["results"] == []


def test_who_does_not_read_the_settings_hears_nothing_of_them(world: World):
    kinds = {one["subject"]["kind"] for one in read(Caller(world.administrator), page_size=100)["results"]}
    assert "user" in kinds
    report(world.acme)
    found = read(Caller(world.agent), page_size=100)["results"]
    assert {one["subject"]["kind"] for one in found} == {"incident"}


def test_after_90_days_a_cursor_is_refused_and_the_end_of_the_feed_dropped(world: World, incident: Ticket):
    agent = Caller(world.agent)
    cursor = read(agent)["cursor"]
    with time.frozen(NOON + dt.timedelta(days=90)):
        assert read(agent, cursor)["results"] == []
    with time.frozen(NOON + dt.timedelta(days=90, seconds=1)):
        refused(agent.get(f"events/?after={cursor}"), 410, "cursor_expired")
    before = Position.objects.count()
    with time.frozen(NOON + dt.timedelta(days=92)):
        tasks.drop_old_positions()
        assert read(agent)["results"] == []
    assert before > Position.objects.count() == 0
    assert Entry.objects.exists()


@pytest.mark.parametrize(
    ("query", "field"),
    [("after=nonsense", "after"), ("after=W10", "after"), ("wait=26", "wait"), ("wait=x", "wait"), ("who=1", "who")],
)  # fmt: skip
def test_what_is_not_understood_is_named(world: World, query: str, field: str):
    assert field in refused(Caller(world.agent).get(f"events/?{query}"), 400, "malformed")["errors"]


@pytest.mark.committing
def test_an_entry_that_commits_late_is_read_late_and_not_missed(town: World):  # noqa: F811
    """Two transactions: the one that wrote first, with the lower id, commits last."""
    with scoping.scope(ALL):
        agent = Caller(town.agent)
    cursor = read(agent, "now")["cursor"]
    wrote, may_commit, seen = threading.Event(), threading.Event(), {}

    def slow() -> None:
        with scoping.scope(ALL) as here:
            seen["slow"] = report(town.acme, title="Slow", at=here.at).number
            wrote.set()
            may_commit.wait(20)
        scoping.connection.close()

    other = threading.Thread(target=slow)
    other.start()
    assert wrote.wait(20)
    with scoping.scope(ALL) as here:
        fast = report(town.beta, title="Fast", at=here.at).number
    first = read(agent, cursor, name="incident.opened")
    assert told(first) == [("incident.opened", fast)]
    may_commit.set()
    other.join(20)
    second = read(agent, first["cursor"], name="incident.opened")
    assert told(second) == [("incident.opened", seen["slow"])]
    assert second["results"][0]["id"] < first["results"][0]["id"]


@pytest.mark.committing
def test_a_program_waits_for_news_without_a_connection(town: World, streams: Streams):  # noqa: F811
    with scoping.scope(ALL):
        _row, secret = tokens.issue(town.agent, name="t", scopes=["read"], at=dt.datetime.now(dt.UTC))
    url, own = f"{streams.url}/api/v1/events/", {"Authorization": f"Bearer {secret}", "Host": "localhost"}
    cursor = httpx.get(f"{url}?after=now&wait=5", headers=own, timeout=30).json()["cursor"]
    heard: list[httpx.Response] = []

    def wait() -> None:
        heard.append(httpx.get(f"{url}?after={cursor}&wait=25", headers=own, timeout=60))

    waiting = threading.Thread(target=wait)
    waiting.start()
    waiting.join(3)
    assert heard == []
    with scoping.connection.cursor() as asking:
        asking.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert asking.fetchone()[0] == 0
    with scoping.scope(ALL) as here:
        number = report(town.acme, at=here.at).number
    waiting.join(20)
    assert {one["subject"]["key"] for one in heard[0].json()["results"]} == {number}
    unknown = {"Host": "localhost"}
    assert httpx.get(f"{url}?wait=5", headers=unknown, timeout=30).status_code == 401
    assert json.loads(httpx.get(f"{url}?wait=99", headers=own, timeout=30).content)["code"] == "malformed"
