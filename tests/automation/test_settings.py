"""The Settings of what runs by itself and of what agents prepare; one's own absences."""

import datetime as dt

import pytest
from django.test import Client

from accounts.models import Absence
from automation.models import Macro, Rule, SavedText, Schedule, TicketTemplate
from tests.desk.hands import send, sign_in
from tests.places import World, report


def make(client: Client, slug: str, **given) -> None:
    address = f"/desk/settings/{slug}/new/"
    answer = send(client, client.get(address), address, **given)
    assert answer.status_code == 302, [one for one in answer.text.splitlines() if "error" in one]
    assert client.get(answer["Location"]).status_code == 200


def test_an_administrator_makes_a_rule_reads_its_dry_run_and_switches_it_on(world: World, client: Client):
    ticket = report(world.acme)
    sign_in(client, world.administrator)
    make(client, "rules", name="VPN is urgent", words="vpn", set_priority="1", channels=["portal"])
    rule = Rule.objects.get()
    assert (rule.is_on, rule.version, rule.channels) == (False, 1, ["portal"])
    address = f"/desk/settings/rules/{rule.pk}/"
    page = client.get(address)
    assert "Of the last 1 tickets it fits 1." in page.text
    assert "P3 → P1" in page.text
    assert send(client, page, address, is_on="on", reason="Tried").status_code == 302
    later = report(world.acme)
    assert (later.priority, ticket.priority) == (1, 3)
    assert later.number in client.get(address).text


def test_an_administrator_makes_a_recurring_ticket_and_sees_the_next_ten(world: World, client: Client):
    sign_in(client, world.administrator)
    lead = sign_in(Client(), world.lead)
    make(lead, "templates", name="Check", title="Check the backup", whose="all", is_active="on")
    template = TicketTemplate.objects.get()
    make(
        client, "recurring", name="Daily check", customer=world.acme.customer.pk, template=template.pk,
        frequency="weekly", weekdays=["0", "4"], local_time="09:00", time_zone="Europe/Lisbon", starts_on="2026-11-18",
        requester=world.acme.requester.email, is_on="on",
    )  # fmt: skip
    row = Schedule.objects.get()
    assert (row.requester, row.weekdays, row.next_at.isoformat()) == (
        world.acme.requester, [0, 4], "2026-11-20T09:00:00+00:00",
    )  # fmt: skip
    page = client.get(f"/desk/settings/recurring/{row.pk}/").text
    assert page.count("2026 09:00") >= 10
    assert "Fri 20 Nov 2026 09:00" in page


def test_an_agent_keeps_macros_and_texts_of_his_own_only(world: World, client: Client):
    ticket = report(world.acme)
    sign_in(client, world.agent)
    make(
        client,
        "macros",
        name="Solved",
        whose="own",
        reply="Done, {{ requester.first_name }}",
        verb="resolve",
        values="code: fixed",
    )
    make(client, "texts", name="Hello", whose="own", body="Hello {{ requester.name }}")
    macro = Macro.objects.get()
    assert (macro.user, macro.values) == (world.agent, {"code": "fixed"})
    page = client.get(f"/desk/settings/macros/{macro.pk}/").text
    assert ticket.number in page
    assert "Done, Requester" in page
    wrong = client.post("/desk/settings/macros/new/", {"name": "x", "whose": "all", "note": "y"})
    assert wrong.status_code == 422
    bad = client.post(
        "/desk/settings/texts/new/", {"name": "x", "whose": "own", "body": "{{ settings.SECRET_KEY }}"}
    )
    assert (bad.status_code, "There is no variable" in bad.text) == (422, True)
    assert (Macro.objects.count(), SavedText.objects.count()) == (1, 1)
    other = sign_in(Client(), world.lead)
    assert other.get(f"/desk/settings/macros/{macro.pk}/").status_code == 404


@pytest.mark.parametrize("slug", ["rules", "recurring"])
def test_what_runs_by_itself_is_no_agents(world: World, client: Client, slug: str):
    sign_in(client, world.agent)
    assert client.get(f"/desk/settings/{slug}/").status_code == 403
    assert client.post(f"/desk/settings/{slug}/new/", {"name": "x"}).status_code == 403


def test_a_person_notes_an_absence_and_takes_it_back(world: World, client: Client):
    sign_in(client, world.agent)
    today = dt.datetime.now(dt.UTC).date()
    given = {"from_on": str(today), "to_on": str(today), "deputy": world.lead.pk, "reason": "Leave"}
    assert client.post("/account/profile/absences/", given).status_code == 302
    row = Absence.objects.get()
    assert (row.user, row.deputy) == (world.agent, world.lead)
    assert "Leave" in client.get("/account/profile/absences/").text
    wrong = client.post("/account/profile/absences/", {**given, "to_on": "2020-01-01"})
    assert (wrong.status_code, Absence.objects.count()) == (422, 1)
    assert sign_in(Client(), world.lead).post(f"/account/profile/absences/{row.pk}/end/").status_code == 404
    assert client.post(f"/account/profile/absences/{row.pk}/end/").status_code == 302
    assert Absence.objects.count() == 0
    assert sign_in(Client(), world.acme.requester.user).get("/account/profile/absences/").status_code == 404
