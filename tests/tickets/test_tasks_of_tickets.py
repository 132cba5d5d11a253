"""Tasks of a ticket: what is added, given, blocked, finished; what open ones keep from happening; who sees them."""

import datetime as dt

import pytest
from django.test import Client

from core import errors
from customers import scoping
from incidents import actions as incidents
from journal.models import Entry
from tests.api.callers import Caller, refused
from tests.desk.hands import send, sign_in
from tests.places import NOON, World
from tickets import actions, work
from tickets.models import TaskItem, Ticket, TicketTask


def add(ticket: Ticket, world: World, title: str = "Order a cable", **given) -> TicketTask:
    actions.add_task(ticket, by=world.actor(world.agent), at=NOON, title=title, **given)
    return ticket.tasks.order_by("-id")[0]


def entries(ticket: Ticket) -> list[str]:
    names = Entry.objects.about(ticket.kind, ticket.pk).order_by("id").values_list("name", flat=True)
    return [one.partition(".")[2] for one in names if ".task" in one]


def test_a_task_is_added_given_blocked_and_finished_each_with_its_entry(world: World, incident: Ticket):
    by = world.actor(world.agent)
    first, second = add(incident, world), add(incident, world, "Lay it")
    actions.change_task(second, by=by, at=NOON, fields={"blocked_by": first, "assignee": world.lead})
    with pytest.raises(errors.Invalid, match="waits for “Order a cable”"):
        actions.finish_task(second, by=by, at=NOON)
    actions.finish_task(first, by=by, at=NOON)
    done = actions.finish_task(second, by=by, at=NOON)
    assert (done.state, done.ended_at, done.ended_by, done.assignee) == (
        "done",
        NOON,
        "Sofia Keller",
        world.lead,
    )
    assert [one.position for one in (first, second)] == [1, 2]
    assert entries(incident) == [
        "task_added",
        "task_added",
        "task_assigned",
        "task_changed",
        "task_done",
        "task_done",
    ]


def test_a_circle_of_blockers_is_refused(world: World, incident: Ticket):
    by = world.actor(world.agent)
    first = add(incident, world)
    second = add(incident, world, "Lay it", blocked_by=first)
    with pytest.raises(errors.Invalid, match="never for itself"):
        actions.change_task(first, by=by, at=NOON, fields={"blocked_by": second})
    assert TicketTask.objects.get(pk=first.pk).blocked_by is None


def test_a_checklist_is_ticked_before_its_task_is_done(world: World, incident: Ticket):
    by, task = world.actor(world.agent), add(incident, world)
    actions.add_task_item(task, by=by, at=NOON, text="Length?")
    line = TaskItem.objects.get(task=task)
    with pytest.raises(errors.Invalid, match="open lines on its checklist: 1"):
        actions.finish_task(task, by=by, at=NOON)
    actions.tick_task_item(line, by=by, at=NOON, is_done=True)
    assert actions.finish_task(task, by=by, at=NOON).state == "done"
    with pytest.raises(errors.Invalid, match="reopen it first"):
        actions.tick_task_item(line, by=by, at=NOON, is_done=False)
    assert entries(incident) == ["task_added", "task_item_added", "task_item_ticked", "task_done"]


def test_open_tasks_keep_a_ticket_from_being_closed(world: World, incident: Ticket):
    by, task = world.actor(world.agent), add(incident, world)
    ticket = incidents.resolve(incident, by=by, at=NOON, code="fixed", note="Done")
    with pytest.raises(errors.Invalid, match="still has open tasks: 1"):
        incidents.close(ticket, by=by, at=NOON)
    actions.cancel_task(task, by=by, at=NOON)
    assert incidents.close(ticket, by=by, at=NOON).state == "closed"
    with pytest.raises(errors.NotAllowed):
        actions.reopen_task(task, by=by, at=NOON)


def test_a_task_goes_only_to_who_works_on_the_customers_tickets(world: World, incident: Ticket):
    with pytest.raises(errors.Invalid, match="does not work on this customer"):
        add(incident, world, assignee=world.beta.agent)
    assert not TicketTask.objects.exists()


@pytest.mark.parametrize("who", ["auditor", "beta"])
def test_who_may_not_work_on_it_changes_nothing(world: World, incident: Ticket, who: str):
    task = add(incident, world)
    by = world.actor(world.auditor if who == "auditor" else world.beta.agent)
    before = Entry.objects.count()
    for verb in (actions.finish_task, actions.cancel_task):
        with pytest.raises(errors.Forbidden):
            verb(task, by=by, at=NOON)
    assert (TicketTask.objects.get().state, Entry.objects.count()) == ("open", before)


def test_my_tasks_are_mine_and_my_teams_with_what_is_due_first_on_top(world: World, incident: Ticket):
    later, sooner = NOON + dt.timedelta(days=2), NOON + dt.timedelta(days=1)
    add(incident, world, "Later", assignee=world.agent, due_at=later)
    add(incident, world, "Sooner", assignee=world.agent, due_at=sooner)
    add(incident, world, "The team's", team=world.desk)
    add(incident, world, "Hers", assignee=world.lead, team=world.desk)
    mine = [one.title for one in work.my_tasks(world.actor(world.agent))]
    assert mine == ["Sooner", "Later", "The team's"]
    assert not work.my_tasks(world.actor(world.beta.agent)).exists()


def test_the_same_is_done_by_page(world: World, incident: Ticket, client: Client):
    sign_in(client, world.agent)
    tab = f"/desk/tickets/{incident.number}/?tab=tasks"
    send(client, client.get(tab), f"/desk/tickets/{incident.number}/tasks/", title="Order a cable")
    task = TicketTask.objects.get()
    base = f"/desk/tickets/{incident.number}/tasks/{task.pk}/"
    send(client, client.get(tab), f"{base}items/", text="Length?")
    assert "Length?" in client.get(tab).text
    send(client, client.get(tab), f"{base}items/{TaskItem.objects.get().pk}/")
    dialog = client.get(f"{base}change/")
    send(client, dialog, f"{base}change/", assignee=str(world.agent.pk), due_at="2026-11-20T09:00")
    mine = client.get("/desk/tasks/")
    assert "Order a cable" in mine.text
    assert send(client, mine, f"{base}finish/").headers["Location"] == "/desk/tasks/"
    assert TicketTask.objects.get().state == "done"
    assert client.get("/desk/tasks/").text.count("Order a cable") == 1  # what was done, and no task any more


def test_the_same_is_done_by_api_and_a_customers_people_see_none_of_it(world: World, incident: Ticket):
    agent, path = Caller(world.agent), f"tickets/{incident.number}/tasks/"
    made = agent.post(path, {"title": "Order a cable", "assignee": "lead@calder.example"})
    assert (made.status_code, made.json()["assignee"]["name"]) == (201, "Marta Kovac")
    one = f"{path}{made.json()['id']}/"
    listed = agent.post(f"{one}items/", {"text": "Length?"})
    assert listed.status_code == 201
    item = listed.json()["items"][0]
    ticked = agent.patch(f"{one}items/{item['id']}/", {"is_done": True})
    assert ticked.json()["items"][0]["done_by"] == "Sofia Keller"
    assert agent.patch(one, {"title": "Order two", "position": 4}).json()["title"] == "Order two"
    assert agent.post(f"{one}finish/").json()["state"] == "done"
    assert agent.post(f"{one}reopen/").json()["state"] == "open"
    refused(agent.patch(one, {"blocked_by": 999_999}), 400, "malformed")
    refused(agent.post(path, {"title": " "}), 400, "malformed")
    requester = Caller(world.acme.requester)
    assert requester.get(path).json()["results"] == []
    refused(requester.get(one), 404, "not_found")
    refused(requester.post(path, {"title": "x"}), 403, "forbidden")
    refused(Caller(world.beta.agent).get(path), 404, "not_found")


def test_tasks_follow_their_ticket_into_a_compartment(world: World, incident: Ticket):
    first = add(incident, world)
    second = add(incident, world, "Lay it", blocked_by=first)
    actions.add_task_item(second, by=world.actor(world.agent), at=NOON, text="Length?")
    actions.log_time(incident, by=world.actor(world.agent), at=NOON, seconds=60)
    with scoping.scope(scoping.ALL, compartments={0, 7}) as _inside:
        Ticket.objects.filter(pk=incident.pk).update(compartment=7)
        assert set(TicketTask.objects.values_list("compartment", flat=True)) == {7}
        assert TaskItem.objects.get().compartment == 7
        assert incident.time_entries.get().compartment == 7
