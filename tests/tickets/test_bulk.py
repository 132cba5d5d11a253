"""Many tickets at once: one result each, nothing twice, nothing by who may not; and back within ten minutes."""

import datetime as dt

import pytest

from core import errors, time
from core.actor import Actor
from customers import scoping
from jobs import actions as jobs
from jobs import tasks
from jobs.models import Job
from journal.models import Entry
from tests.api.callers import Caller, refused, rows
from tests.places import NOON, World, report
from tickets import actions, verbs
from tickets.actions import bulk
from tickets.bulk import doing, running
from tickets.bulk import ids as packing
from tickets.models import BulkChange, Ticket

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def three(world: World) -> list[Ticket]:
    return [report(world.acme, title=f"Fault {number}") for number in range(3)]


def numbers(tickets: list[Ticket]) -> list[str]:
    return [one.number for one in tickets]


def worked(job: Job) -> Job:
    tasks.work(job.pk, job.caller)
    with scoping.scope((), caller=job.caller):
        return Job.objects.get(pk=job.pk)


def read(caller: Caller, job_id: int) -> dict:
    answer = caller.get(f"jobs/{job_id}/")
    assert answer.status_code == 200, answer.content
    return answer.json()


def work(job_id: int, by: Actor) -> None:
    tasks.work(job_id, by.key)


def test_a_verb_on_many_with_a_result_each_and_back_again(world: World, three: list[Ticket]):
    agent, by = Caller(world.agent), world.actor(world.agent)
    verbs.run(three[2], "cancel", {"reason": "Twice"}, by=by, at=NOON)
    wanted = {
        "numbers": [*numbers(three), "INC-999999"],
        "verb": "assign",
        "values": {"assignee": world.lead.pk},
    }
    started = agent.post("tickets/bulk/", wanted)
    assert started.status_code == 202, started.content
    number = started.json()["id"]
    assert started["Location"].endswith(f"/api/v1/jobs/{number}/")
    assert (started.json()["state"], started.json()["progress"]) == ("queued", {"done": 0, "total": 3})
    work(number, by)
    found = read(agent, number)
    assert (found["state"], found["counts"]) == ("done", {"changed": 2, "refused": 2})
    assert [(one["number"], one["outcome"]) for one in found["rows"]] == [
        (three[0].number, "changed"), (three[1].number, "changed"), (three[2].number, "refused"),
        ("INC-999999", "refused"),
    ]  # fmt: skip
    assert "“Assign” is not possible" in found["rows"][2]["reason"]
    assert found["undo"]["possible"]
    actions.assign(three[1], by=by, at=NOON, assignee=world.agent)
    undoing = agent.post(f"jobs/{number}/undo/")
    assert undoing.status_code == 202, undoing.content
    work(undoing.json()["id"], by)
    found = read(agent, number)
    assert found["counts"] == {"undone": 1, "kept": 1, "refused": 2}
    assert "changed it since" in found["rows"][1]["reason"]
    assert [Ticket.objects.get(pk=one.pk).assignee for one in three] == [None, world.agent, None]
    assert refused(agent.post(f"jobs/{number}/undo/"), 409, "not_allowed")


def test_fields_of_many_and_back_again(world: World, three: list[Ticket]):
    agent, by = Caller(world.agent), world.actor(world.agent)
    fields = {"priority": 1, "priority_reason": "Everybody is waiting"}
    job = agent.post("tickets/bulk/", {"numbers": numbers(three), "fields": fields}).json()
    work(job["id"], by)
    assert set(Ticket.objects.values_list("priority", "priority_override")) == {(1, 1)}
    undoing = agent.post(f"jobs/{job['id']}/undo/").json()
    work(undoing["id"], by)
    assert set(Ticket.objects.values_list("priority", "priority_override")) == {(three[0].priority, None)}


def test_a_dry_run_tries_every_ticket_and_changes_none(world: World, three: list[Ticket]):
    agent, by = Caller(world.agent), world.actor(world.agent)
    asked = {"numbers": numbers(three), "verb": "resolve", "values": {"code": "fixed", "note": "Done."}}
    actions.change(three[0], by=by, at=NOON, fields={"service": None, "category": None})
    before = rows()
    job = agent.post("tickets/bulk/", {**asked, "dry_run": True}).json()
    work(job["id"], by)
    found = read(agent, job["id"])
    assert found["counts"] == {"possible": 2, "refused": 1}
    assert (found["undo"]["possible"], "no opposite" in found["undo"]["reason"]) == (False, True)
    assert rows() == before
    assert set(Ticket.objects.values_list("state", flat=True)) == {"new"}
    refused(agent.post(f"jobs/{job['id']}/undo/"), 409, "not_allowed")


def test_who_may_not_changes_nothing(world: World, three: list[Ticket]):
    before = rows()
    asked = {"numbers": numbers(three), "verb": "assign", "values": {"team": "service-desk"}}
    refused(Caller(world.acme.requester).post("tickets/bulk/", asked), 403, "forbidden")
    refused(Caller(world.agent, scopes=("read",)).post("tickets/bulk/", asked), 403, "forbidden")
    for who in (world.auditor, world.beta.agent):
        started = Caller(who).post("tickets/bulk/", asked)
        assert started.status_code == 202
        work(started.json()["id"], world.actor(who))
        assert read(Caller(who), started.json()["id"])["counts"] == {"refused": 3}
    assert rows() == before
    refused(Caller(world.lead).get(f"jobs/{started.json()['id']}/"), 404, "not_found")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"numbers": []}, 400, "numbers"),
        ({"numbers": ["INC-1"] * 501, "verb": "accept"}, 400, "numbers"),
        ({"numbers": ["INC-1"]}, 400, "verb"),
        ({"numbers": ["INC-1"], "verb": "restrict", "values": {"reason": "x"}}, 400, "verb"),
        ({"numbers": ["INC-1"], "verb": "resolve", "values": {"code": "magic"}}, 400, "code"),
        ({"numbers": ["INC-1"], "verb": "resolve"}, 422, "code"),
        ({"numbers": ["INC-1"], "verb": "assign"}, 422, "assignee"),
        ({"numbers": ["INC-1"], "fields": {"state": "closed"}}, 400, "state"),
        ({"numbers": ["INC-1"], "fields": {"impact": 9}}, 400, "impact"),
    ],
)
def test_an_order_that_cannot_be_read_is_refused_at_once(world: World, body: dict, status: int, field: str):
    answer = Caller(world.agent).post("tickets/bulk/", body)
    assert field in refused(answer, status, "invalid" if status == 422 else "malformed")["errors"]
    assert not Job.objects.exists()


def test_a_worker_that_dies_does_nothing_twice(
    world: World, three: list[Ticket], monkeypatch: pytest.MonkeyPatch
):
    by = world.actor(world.agent)
    with scoping.scope(by.customers, caller=by.key):
        job = bulk.start_bulk(numbers(three), by=by, at=NOON, verb="note", values={"body": "Looked at"})
    carry_out, tried = doing.carry_out, []

    def dies(ticket: Ticket, *given: object, **named: object) -> object:
        tried.append(ticket.number)
        found = carry_out(ticket, *given, **named)
        if len(tried) == 2:
            raise KeyboardInterrupt  # killed after the work on the second, before the mark that it is done
        return found

    monkeypatch.setattr(doing, "carry_out", dies)
    with pytest.raises(KeyboardInterrupt):
        tasks.work(job.pk, job.caller)
    assert BulkChange.objects.count() == 1
    tasks.work(job.pk, job.caller)
    assert len(tried) == 2  # the lease still stands
    with time.frozen(NOON + 3 * MINUTE):
        done = worked(job)
    assert (done.state, done.result) == ("done", {"changed": 3})
    assert tried == [*numbers(three)[:2], *numbers(three)[1:]]
    noted = Entry.objects.filter(name="incident.noted").values_list("subject_label", flat=True)
    assert sorted(noted) == sorted(numbers(three))


def test_after_ten_minutes_nothing_is_taken_back(world: World, three: list[Ticket]):
    by = world.actor(world.agent)
    with scoping.scope(by.customers, caller=by.key):
        job = bulk.start_bulk(numbers(three), by=by, at=NOON, verb="assign", values={"assignee": "me"})
    job = worked(job)
    with scoping.scope(by.customers, caller=by.key):
        with pytest.raises(errors.NotAllowed, match="too late"):
            bulk.undo_bulk(job, by=by, at=NOON + 11 * MINUTE)
        with pytest.raises(errors.NotFound):
            bulk.undo_bulk(job, by=world.actor(world.lead), at=NOON)
        assert running.counts(job, by) == {"changed": 3}
    assert set(Ticket.objects.values_list("assignee", flat=True)) == {world.agent.pk}


def test_a_cancelled_job_leaves_the_rest(world: World, three: list[Ticket]):
    by, agent = world.actor(world.agent), Caller(world.agent)
    job = agent.post("tickets/bulk/", {"numbers": numbers(three), "verb": "accept"}).json()
    assert agent.post(f"jobs/{job['id']}/cancel/").json()["state"] == "cancelled"
    work(job["id"], by)
    assert set(Ticket.objects.values_list("state", flat=True)) == {"new"}
    assert jobs.stale() == []


def test_merging_watching_and_children_are_taken_back_too(world: World, three: list[Ticket]):
    by = world.actor(world.agent)
    for verb, values in (
        ("watch", {}),
        ("add_child", {"parent": three[0].number}),
        ("merge", {"into": three[0].number}),
    ):
        with scoping.scope(by.customers, caller=by.key):
            job = bulk.start_bulk(numbers(three[1:]), by=by, at=NOON, verb=verb, values=values)
        job = worked(job)
        assert job.result == {"changed": 2}, (
            verb,
            [one.reason for one in BulkChange.objects.filter(job_id=job.pk)],
        )
        with scoping.scope(by.customers, caller=by.key):
            undoing = bulk.undo_bulk(job, by=by, at=NOON)
        assert worked(undoing).result == {"undone": 2}, verb
    assert {one.state for one in Ticket.objects.all()} == {"new"}
    assert not any(one.links.exists() or one.watchers.exists() for one in Ticket.objects.all())


def test_a_filter_names_all_that_it_finds_and_many_ids_stay_small(world: World, three: list[Ticket]):
    agent = Caller(world.agent)
    report(world.beta, title="Of another customer")
    wanted = {"filter": {"customer": "acme"}, "verb": "assign", "values": {"assignee": world.lead.pk}}
    started = agent.post("tickets/bulk/", wanted)
    assert (started.status_code, started.json()["progress"]["total"]) == (202, 3)
    work(started.json()["id"], world.actor(world.agent))
    assert read(agent, started.json()["id"])["counts"] == {"changed": 3}
    assert Ticket.objects.filter(assignee=world.lead).count() == 3
    for wrong in (
        {**wanted, "numbers": ["INC-1"]},
        {"verb": "watch"},
        {**wanted, "filter": {"colour": "red"}},
    ):
        assert agent.post("tickets/bulk/", wrong).status_code == 400
    many = range(7, 300_000, 3)
    assert list(packing.unpack(packing.pack(many))) == list(many)
    assert len(packing.pack(many)) < 5_000
