"""Who sees what at the desk: what is not his does not exist, and who may only read changes nothing."""

import pytest
from django.test import Client

from journal.models import Delivery, Entry
from tests.desk.hands import sign_in
from tests.places import World, report
from tickets.models import Message, Ticket

TAILS = ("", "preview/", "change/", "link/", "clocks/", "do/assign/", "do/resolve/", "files/1/")
POSTS = (
    "reply/",
    "note/",
    "take/",
    "change/",
    "do/cancel/",
    "do/accept/",
    "link/",
    "items/1/remove/",
    "links/1/remove/",
)


def body(answer) -> str:
    """A page without what differs on every answer."""
    return answer.text.split('<p class="dim small">')[0].split("<title>")[1]


def test_a_foreign_number_answers_as_one_that_was_never_given(world: World, client: Client) -> None:
    foreign = report(world.beta)
    agent = sign_in(client, world.acme.agent)
    for tail in TAILS:
        one, other = (
            agent.get(f"/desk/tickets/{foreign.number}/{tail}"),
            agent.get(f"/desk/tickets/INC-9999999/{tail}"),
        )
        assert (one.status_code, other.status_code) == (404, 404), tail
        assert body(one) == body(other)
    for tail in POSTS:
        values = {"body": "x", "reason": "x", "kind": "related_to", "number": foreign.number}
        assert agent.post(f"/desk/tickets/{foreign.number}/{tail}", values).status_code == 404, tail
    foreign.refresh_from_db()
    assert (foreign.version, foreign.state) == (1, "new")
    assert Message.objects.count() == 1


def test_an_agent_of_one_customer_meets_that_customer_only(world: World, client: Client) -> None:
    report(world.acme, title="Ours")
    report(world.beta, title="Theirs")
    agent = sign_in(client, world.acme.agent)
    for path in ("", "?customer=beta", "?phase=open,closed", "search/?q=theirs", "search/?q=canary", "new/?q=canary",
                 "filter/",
                 "settings/", "new/?customer=acme"):  # fmt: skip
        answer = agent.get(f"/desk/{path}")
        assert "canary-beta" not in answer.text, path
        assert "Theirs" not in answer.text, path
    assert "Ours" in agent.get("/desk/").text
    assert agent.get("/desk/new/?customer=beta").status_code == 404
    assert agent.get(f"/desk/new/?caller={world.beta.requester.pk}").status_code == 404


def test_an_auditor_reads_everything_and_changes_nothing(world: World, client: Client) -> None:
    ticket = report(world.acme)
    auditor = sign_in(client, world.auditor)
    page = auditor.get(f"/desk/tickets/{ticket.number}/")
    assert page.status_code == 200
    assert "You read this as an auditor" in page.text
    assert "data-compose" not in page.text
    entries, deliveries = Entry.objects.count(), Delivery.objects.count()
    values = {"body": "x", "reason": "x", "kind": "related_to", "number": ticket.number, "title": "Mine"}
    for tail in ("note/", "take/", "change/", "do/cancel/", "do/accept/", "link/"):
        assert auditor.post(f"/desk/tickets/{ticket.number}/{tail}", values).status_code in (403, 422), tail
    assert auditor.get("/desk/new/").status_code == 403
    ticket.refresh_from_db()
    assert (ticket.version, ticket.title, ticket.state) == (1, "VPN drops canary-acme", "new")
    assert (Entry.objects.count(), Delivery.objects.count(), Message.objects.count()) == (
        entries,
        deliveries,
        1,
    )


def test_a_customers_people_are_told_which_role_opens_the_desk(
    world: World, client: Client, incident: Ticket
) -> None:
    sign_in(client, world.acme.requester.user)
    for path in ("", "new/", "settings/", f"tickets/{incident.number}/", "tickets/INC-9999999/"):
        answer = client.get(f"/desk/{path}")
        assert answer.status_code == 403
        assert "such as Agent" in answer.text
    assert client.post(f"/desk/tickets/{incident.number}/note/", {"body": "x"}).status_code == 403
    assert Message.objects.count() == 1


def test_nobody_enters_without_signing_in(db: None, client: Client) -> None:
    for path in ("", "new/", "settings/people/", "tickets/INC-1001/", "mail/", "deliveries/"):
        answer = client.get(f"/desk/{path}")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/login/?next=/desk/")
    assert client.get("/desk/", headers={"HX-Request": "true"}).status_code == 401


@pytest.mark.parametrize("path", ["mail/", "deliveries/", "settings/log/", "settings/users/"])
def test_pages_of_the_house_say_who_may_open_them(world: World, client: Client, path: str) -> None:
    agent = sign_in(client, world.agent)
    answer = agent.get(f"/desk/{path}")
    assert answer.status_code == 403
    assert "dministrator" in answer.text


def test_what_is_damaged_is_refused_with_a_sentence(world: World, client: Client, incident: Ticket) -> None:
    agent = sign_in(client, world.agent)
    for path, status in (("?colour=red", 400), ("?priority=high", 400), ("?view=nowhere", 404), ("?cursor=xyz", 400),
                         ("?ordering=colour", 400), ("changes/?since=yesterday", 400),
                         ("changes/?since=2026-13-45T00:00:00Z", 400),
                         ("settings/nowhere/", 404), ("mail/?state=lost", 403),
                         ("?opened_after=2026-99-99", 400)):  # fmt: skip
        assert agent.get(f"/desk/{path}").status_code == status, path
    answer = agent.post(f"/desk/tickets/{incident.number}/take/", {"version": "one"})
    assert answer.status_code == 400
