"""Setting up: seven steps that can be left and taken up again, by the actions of the Settings; nobody else enters."""

import io
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.test import Client

from accounts import setting_up
from accounts.models import Grant, Portal, Team, User
from calendars.models import Calendar
from core.actor import ALL
from customers import scoping
from customers.models import Customer, Installation
from desk.setup import names
from journal.models import Entry
from slas import documents
from slas.models import Agreement
from tests.desk.hands import forms, send, sign_in
from tests.places import World, report

AT = "/desk/setup/"


@pytest.fixture
def fresh(everywhere: scoping.Scope, client: Client) -> Client:
    """The first administrator of an installation that nobody has touched, as `make run` without the demo makes it."""
    call_command("begin", "--email", "erin@example.com", stdout=io.StringIO())
    return sign_in(client, User.objects.get(email="erin@example.com"))


def take(client: Client, slug: str, **given: object) -> object:
    return send(client, client.get(f"{AT}{slug}/"), f"{AT}{slug}/", **given)


def test_the_first_start_makes_one_administrator_and_names_his_sign_in(fresh: Client) -> None:
    path = Path(settings.LOCAL_DIR) / "first_administrator.json"
    (made,) = json.loads(path.read_text())
    user = User.objects.get(email="erin@example.com")
    assert user.check_password(made["password"])
    assert set(Grant.objects.filter(user=user).values_list("role", "customer")) == {
        ("administrator", None),
        ("agent", None),
    }
    assert Agreement.objects.filter(is_default=True).count() == 1
    out = io.StringIO()
    call_command("begin", stdout=out)
    assert out.getvalue() == "There are customers already: nothing was made.\n"
    assert User.objects.count() == 1


def test_seven_steps_lead_from_nothing_to_a_desk(fresh: Client) -> None:
    assert fresh.get(AT).headers["Location"] == f"{AT}organization/"
    answer = take(
        fresh, "organization", name="Erin's IT", language="de", time_zone="Europe/Berlin", phone="4711"
    )
    assert answer.headers["Location"] == f"{AT}sign-in/"
    assert Installation.objects.get().phone == "4711"
    assert Customer.objects.get(is_provider=True).language == "de"
    refused = take(fresh, "sign-in")
    assert (refused.status_code, "no second factor yet" in refused.text) == (422, True)
    assert fresh.post(f"{AT}sign-in/skip/").headers["Location"] == f"{AT}mail/"
    assert take(fresh, "mail", to="erin@example.com").status_code == 302
    assert [one.to for one in mail.outbox] == [["erin@example.com"]]
    page = fresh.get(f"{AT}hours/?country=DE&part=BE&year=2026")
    assert "2026-12-25" in forms(page.text)[f"{AT}hours/"]["holidays"]
    assert send(fresh, page, f"{AT}hours/", fri="09:00-13:00").status_code == 302
    newest = Calendar.objects.get().versions.order_by("-number")[0]
    assert newest.week["fri"] == [["09:00", "13:00"]]
    assert {"date": "2026-12-25"}.items() <= next(
        one for one in newest.holidays if one.get("date") == "2026-12-25"
    ).items()
    _people(fresh)
    assert take(fresh, "targets", preset="swift").status_code == 302
    promised = documents.targets_of(Agreement.objects.get(is_default=True))
    assert sorted(one.seconds for one in promised if one.priority == 1) == [900, 4 * 3600]
    answer = take(fresh, "portal", name="Help at Erin's", phone="4711", hours="9 to 5")
    assert answer.headers["Location"] == AT
    assert Portal.objects.get().name == "Help at Erin's"
    end = fresh.get(AT)
    assert "Your sign-in" in end.text
    assert names.left(setting_up.progress()) == ["sign-in"]
    assert fresh.post(f"{AT}away/").status_code == 302
    assert "Setting up ·" not in fresh.get(AT).text


def _people(fresh: Client) -> None:
    pasted = "Ada Lovelace, ada@example.com, Team lead\nBob; bob@example.com\nEve, nowhere, agent"
    wrong = take(fresh, "people", team="Service desk", people=pasted)
    assert (wrong.status_code, "is no email address" in wrong.text) == (200, True)
    assert not User.objects.filter(email="ada@example.com").exists()
    right = pasted.rpartition("\n")[0]
    shown = send(fresh, wrong, f"{AT}people/", people=right)
    assert (shown.status_code, "Save these people" in shown.text) == (200, True)
    assert not User.objects.filter(email="ada@example.com").exists()
    assert send(fresh, shown, f"{AT}people/").status_code == 302
    members = set(Team.objects.get().members.values_list("email", flat=True))
    assert members == {"erin@example.com", "ada@example.com", "bob@example.com"}
    assert Grant.objects.get(user__email="ada@example.com").role == "team_lead"
    assert Grant.objects.get(user__email="bob@example.com").role == "agent"


def test_what_was_left_is_taken_up_where_it_was(fresh: Client) -> None:
    fresh.post(f"{AT}organization/skip/")
    fresh.logout()
    sign_in(fresh, User.objects.get(email="erin@example.com"))
    assert fresh.get(AT).headers["Location"] == f"{AT}sign-in/"
    page = fresh.get("/desk/")
    assert "0 of 7" in page.text  # what was skipped is not done
    assert take(fresh, "organization", name="Later", language="en", time_zone="UTC").status_code == 302
    fresh.post(f"{AT}organization/skip/")
    assert setting_up.progress()["organization"] == "done"
    assert "1 of 7" in fresh.get("/desk/").text


def test_an_agent_neither_sees_nor_does_any_of_it(world: World, client: Client) -> None:
    sign_in(client, world.agent)
    before = Entry.objects.count()
    for path in ("", "organization/"):
        assert client.get(f"{AT}{path}").status_code == 403
    for path in ("organization/", "organization/skip/", "away/", "people/"):
        assert client.post(f"{AT}{path}", {"name": "Mine"}).status_code == 403
    assert Entry.objects.count() == before
    with scoping.scope(ALL):
        assert Installation.objects.filter(name="Mine").count() == 0
    assert "Setting up ·" not in client.get("/desk/").text


def test_a_step_that_is_refused_saves_nothing(fresh: Client) -> None:
    before = Entry.objects.count()
    assert take(fresh, "organization", name="X", language="en", time_zone="Mars").status_code == 422
    assert take(fresh, "hours", mon="late").status_code == 422
    assert take(fresh, "targets", preset="magic").status_code == 422
    assert fresh.get(f"{AT}nowhere/").status_code == 404
    assert Entry.objects.count() == before


def test_sample_customers_go_into_the_archive_and_out_of_the_queue(world: World, client: Client) -> None:
    ticket = report(world.acme)
    Customer.objects.filter(pk=world.acme.customer.pk).update(is_sample=True)
    at = "/desk/settings/sample/"
    assert sign_in(client, world.agent).post(at).status_code == 403
    assert ticket.number in client.get("/desk/").text
    sign_in(client, world.administrator)
    assert world.acme.customer.name in client.get(at).text
    assert send(client, client.get(at), at).status_code == 302
    assert Customer.objects.get(pk=world.acme.customer.pk).life == "archived"
    assert Customer.objects.get(pk=world.beta.customer.pk).life == "active"
    assert client.post(at).status_code == 422
    sign_in(client, world.agent)
    assert ticket.number not in client.get("/desk/").text
    assert client.get(f"/desk/tickets/{ticket.number}/").status_code == 200
