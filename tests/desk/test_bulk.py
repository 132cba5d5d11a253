"""The toolbar of the queue: chosen rows or all of a view, asked where there is something to ask, and undone."""

import pytest
from django.test import Client

from accounts.models import Site
from core.actor import ALL
from customers import scoping
from desk import bulk
from jobs import tasks
from jobs.models import Job
from tests.desk.hands import forms, sign_in
from tests.places import World, report
from tickets.models import CustomField, FieldValue, Ticket


@pytest.fixture
def agent(world: World, client: Client) -> Client:
    return sign_in(client, world.agent)


@pytest.fixture
def three(world: World) -> list[Ticket]:
    return [report(world.acme, title=f"Fault {number}") for number in range(3)]


def numbers(tickets: list[Ticket]) -> list[str]:
    return [one.number for one in tickets]


def assignees() -> set[int | None]:
    return set(Ticket.objects.values_list("assignee", flat=True))


def jobs_of(world: World) -> list[Job]:
    with scoping.scope(ALL, caller=f"user:{world.agent.pk}"):
        return list(Job.objects.order_by("id"))


def confirm(agent: Client, ask: object, tickets: list[str], **given: object) -> object:
    return agent.post("/desk/bulk/", {**forms(ask.text)["/desk/bulk/"], "ticket": tickets, **given})


def test_taking_rows_needs_no_question_and_one_press_undoes_it(
    agent: Client, world: World, three: list[Ticket]
):
    done = agent.post(
        "/desk/bulk/", {"deed": "take", "ticket": numbers(three[:2]), "view_query": "?view=unassigned"}
    )
    assert (done.status_code, done["Location"]) == (302, "/desk/?view=unassigned")
    toast = agent.get("/desk/").text
    job = jobs_of(world)[0]
    assert "2 changed" in toast
    assert f'action="/desk/jobs/{job.pk}/undo/"' in toast
    assert agent.post(f"/desk/jobs/{job.pk}/undo/")["Location"] == "/desk/"
    assert "2 undone" in agent.get("/desk/").text
    assert assignees() == {None}


def test_what_is_refused_is_said_and_the_rest_done(agent: Client, world: World, three: list[Ticket]):
    agent.post(f"/desk/tickets/{three[0].number}/do/cancel/", {"reason": "Twice"})
    agent.post("/desk/bulk/", {"deed": "take", "ticket": numbers(three)})
    toast = agent.get("/desk/").text
    assert "2 changed, 1 refused" in toast
    assert "“Assign” is not possible" in toast


def test_resolving_asks_once_and_says_who_gets_a_mail(agent: Client, world: World, three: list[Ticket]):
    ask = agent.post("/desk/bulk/", {"deed": "resolve", "ticket": numbers(three)})
    assert ask.status_code == 200
    assert "3 customers get a mail." in ask.text
    assert "cannot be undone" in ask.text
    assert confirm(agent, ask, numbers(three)).status_code == 422
    assert set(Ticket.objects.values_list("state", flat=True)) == {"new"}
    assert confirm(agent, ask, numbers(three), code="fixed", note="Mended.").status_code == 302
    assert set(Ticket.objects.values_list("state", flat=True)) == {"resolved"}


@pytest.mark.parametrize(
    ("deed", "given", "left"),
    [
        ("priority", {"priority": "1", "priority_reason": "All wait"}, {"priority": 1}),
        ("team", {"team": "service-desk"}, {"team__slug": "service-desk"}),
        ("cancel", {"reason": "Twice"}, {"state": "cancelled"}),
        ("merge", {}, {"state": "closed"}),
        ("child", {"parent": "first"}, {"links__kind": "child_of"}),
        ("watch", None, {"watchers__user__email": "agent@calder.example"}),
    ],
)
def test_each_deed_of_the_toolbar(
    agent, world: World, three: list[Ticket], deed: str, given: dict | None, left: dict
):
    chosen = numbers(three) if deed == "merge" else numbers(three[1:])
    first = agent.post("/desk/bulk/", {"deed": deed, "ticket": chosen})
    if given is not None:
        given = {name: three[0].number if one == "first" else one for name, one in given.items()}
        given |= {"into": three[0].number} if deed == "merge" else {}
        assert first.status_code == 200, first.text
        first = confirm(agent, first, chosen, **given)
    assert first.status_code == 302, first.text
    assert Ticket.objects.filter(**left).exclude(pk=three[0].pk).count() == 2


def test_an_address_inside_a_field_is_read_as_any_other(agent: Client, world: World, three: list[Ticket]):
    given = {"deed": "take", "all": "1", "view_query": "view=%00"}
    assert agent.post("/desk/bulk/", given).status_code == 400
    assert agent.get("/desk/columns/", {"apply": "1", "to": "?team=%00"}).status_code == 400
    assert (
        agent.get("/desk/filter/apply/", {"to": "view=%00", "field": "team", "value": "x"}).status_code == 400
    )
    assert assignees() == {None}


def test_all_of_a_view_is_a_job_with_a_page(agent: Client, world: World, three: list[Ticket], monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    report(world.beta, title="Not in this view")
    ask = agent.post(
        "/desk/bulk/", {"deed": "take", "all": "1", "view_query": "?customer=acme", "ticket": "INC-1"}
    )
    assert "3 tickets" in ask.text
    page = confirm(agent, ask, numbers(three))
    job = jobs_of(world)[0]
    assert page["Location"] == f"/desk/jobs/{job.pk}/"
    waiting = agent.get(page["Location"]).text
    assert 'hx-trigger="every 2s"' in waiting
    assert "0 of 3" in waiting
    tasks.work(job.pk, job.caller)
    done = agent.get(page["Location"]).text
    assert "hx-trigger" not in done
    assert "3 changed" in done
    assert all(number in agent.get(f"/desk/jobs/{job.pk}/rows.csv").text for number in numbers(three))
    assert "3 changed" in agent.get("/desk/jobs/").text
    assert Ticket.objects.get(title="Not in this view").assignee is None
    assert agent.post(f"/desk/jobs/{job.pk}/undo/", {"on_page": "1"})["Location"] == page["Location"]
    undoing = jobs_of(world)[-1]
    tasks.work(undoing.pk, undoing.caller)
    assert "3 undone" in agent.get(page["Location"]).text
    assert assignees() == {None}


def test_a_job_is_stopped_and_is_nobody_elses(agent: Client, world: World, three: list[Ticket], monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 0)
    ask = agent.post("/desk/bulk/", {"deed": "take", "ticket": numbers(three)})
    place = confirm(agent, ask, numbers(three))["Location"]
    other = sign_in(Client(), world.lead)
    for method, tail in (
        (other.get, ""),
        (other.get, "rows.csv"),
        (other.post, "undo/"),
        (other.post, "cancel/"),
    ):
        assert method(f"{place}{tail}").status_code == 404
    assert agent.post(f"{place}cancel/").status_code == 302
    job = jobs_of(world)[0]
    tasks.work(job.pk, job.caller)
    assert (jobs_of(world)[0].state, assignees()) == ("cancelled", {None})


def test_a_deed_is_tried_first_and_then_done_to_the_same_tickets(
    agent: Client, world: World, three: list[Ticket]
):
    agent.post(f"/desk/tickets/{three[0].number}/do/cancel/", {"reason": "Twice"})
    ask = agent.post("/desk/bulk/", {"deed": "priority", "ticket": numbers(three)})
    tried = confirm(agent, ask, numbers(three), priority="1", priority_reason="All wait", **{"try": "1"})
    page = agent.get(tried["Location"]).text
    assert ("2 possible" in page, "1 refused" in page, "nothing was changed" in page) == (True, True, True)
    assert not Ticket.objects.filter(priority=1).exists()
    done = agent.post(f"{tried['Location']}go/")
    assert "2 changed" in agent.get(done["Location"]).text
    assert Ticket.objects.filter(priority=1).count() == 2


def test_a_view_that_changed_since_it_was_asked_is_asked_again(
    agent: Client, world: World, three: list[Ticket]
):
    wanted = {"deed": "priority", "all": "1", "view_query": "?customer=acme"}
    ask = agent.post("/desk/bulk/", wanted)
    assert forms(ask.text)["/desk/bulk/"]["expected"] == "3"
    report(world.acme)
    again = confirm(agent, ask, [], priority="1", priority_reason="All wait")
    assert (again.status_code, forms(again.text)["/desk/bulk/"]["expected"]) == (409, "4")
    assert not Ticket.objects.filter(priority=1).exists()
    assert confirm(agent, again, [], priority="1", priority_reason="All wait").status_code == 302
    assert Ticket.objects.filter(priority=1).count() == 4


def test_the_fields_of_many_are_set_and_given_back(agent: Client, world: World, three: list[Ticket]):
    CustomField.objects.create(kind="incident", key="floor", label="Floor", type="text")
    site = Site.objects.create(customer=world.acme.customer, name="Wharf")
    three[0].site = site
    three[0].save()
    ask = agent.post("/desk/bulk/", {"deed": "fields", "ticket": numbers(three)})
    given = {"site": "-", "requester": world.acme.manager.email, "extra.floor": "Third"}
    assert confirm(agent, ask, numbers(three), **given).status_code == 302
    people = set(Ticket.objects.values_list("requester", "site"))
    assert people == {(world.acme.manager.pk, None)}
    assert {one.text for one in FieldValue.objects.all()} == {"Third"}
    job = jobs_of(world)[-1]
    agent.post(f"/desk/jobs/{job.pk}/undo/")
    assert set(Ticket.objects.values_list("requester", flat=True)) == {world.acme.requester.pk}
    assert (Ticket.objects.get(pk=three[0].pk).site, FieldValue.objects.count()) == (site, 0)


def test_who_only_reads_has_no_toolbar_and_changes_nothing(world: World, three: list[Ticket], client: Client):
    auditor = sign_in(client, world.auditor)
    assert 'class="bulk"' not in auditor.get("/desk/").text
    assert auditor.post("/desk/bulk/", {"deed": "take", "ticket": numbers(three)}).status_code == 403
    assert auditor.post("/desk/bulk/", {"deed": "nothing", "ticket": numbers(three)}).status_code == 403
    assert (assignees(), Job.objects.exists()) == ({None}, False)
