"""The Settings: every section opens, every edit is an action with version, reason and entry; denials change nothing."""

import pytest
from django.test import Client

from accounts import actors
from accounts.models import Grant, Person, ServiceAccount, Team, Token, User
from calendars.models import Calendar, CalendarVersion
from catalogue.models import Category
from core import errors
from core.actor import Actor
from customers.models import Customer, Installation
from desk.settings import table
from incidents import codes
from incidents.models import ResolutionCode
from journal.models import Entry
from tests.desk.hands import forms, send, sign_in
from tests.places import NOON, SYSTEM, World, report
from tickets import verbs
from tickets.models import HoldReason, Matrix

AT = "/desk/settings/"


@pytest.fixture
def administrator(world: World, client: Client) -> Client:
    return sign_in(client, world.administrator)


def newest() -> Entry:
    return Entry.objects.order_by("-id")[0]


def test_every_section_opens_with_its_form(administrator: Client) -> None:
    assert administrator.get(AT).status_code == 200
    for slug, section in table.SECTIONS.items():
        page = administrator.get(f"{AT}{slug}/", follow=True)
        assert page.status_code == 200, slug
        if section.can_create:
            assert administrator.get(f"{AT}{slug}/new/").status_code == 200, slug
        for row in section.rows(world_actor(administrator))[:2]:
            assert administrator.get(f"{AT}{slug}/{row.pk}/", follow=True).status_code == 200, (slug, row)
    assert administrator.get(f"{AT}log/").status_code == 200


def world_actor(client: Client) -> Actor:
    return actors.of_user(User.objects.get(pk=client.session["_auth_user_id"]))


def test_a_customer_is_made_and_changed_with_a_reason(administrator: Client) -> None:
    page = administrator.get(f"{AT}customers/new/")
    answer = send(
        administrator,
        page,
        f"{AT}customers/new/",
        slug="gamma",
        name="Gamma",
        time_zone="Europe/Paris",
        reason="signed",
    )
    assert answer.status_code == 302
    made = Customer.objects.get(slug="gamma")
    assert (newest().name, newest().data["reason"]) == ("customer.created", "signed")
    page = administrator.get(f"{AT}customers/{made.pk}/")
    answer = send(administrator, page, f"{AT}customers/{made.pk}/", name="Gamma AG", reason="renamed")
    assert answer.status_code == 302
    assert newest().data == {"changes": {"name": ["Gamma", "Gamma AG"]}, "reason": "renamed"}
    again = send(administrator, page, f"{AT}customers/{made.pk}/", name="Gamma SA", once="another")
    assert again.status_code == 412
    assert "Gamma AG" in again.text
    assert "Gamma SA" in again.text
    made.refresh_from_db()
    assert (made.name, made.version) == ("Gamma AG", 2)


def test_a_form_sent_twice_counts_once(administrator: Client) -> None:
    page = administrator.get(f"{AT}categories/new/")
    first = send(administrator, page, f"{AT}categories/new/", slug="printing", name="Printing")
    second = send(administrator, page, f"{AT}categories/new/", slug="printing", name="Printing")
    assert (first.status_code, second.status_code) == (302, 302)
    assert Category.objects.filter(slug="printing").count() == 1
    other = send(administrator, page, f"{AT}categories/new/", slug="scanning", name="Scanning")
    assert other.status_code == 422
    assert not Category.objects.filter(slug="scanning").exists()


def test_a_person_is_let_into_the_portal(administrator: Client, world: World) -> None:
    page = administrator.get(f"{AT}people/new/")
    answer = send(administrator, page, f"{AT}people/new/", customer=world.acme.customer.pk, name="Ines Duarte",
                  email="ines@acme.example", admit="requester")  # fmt: skip
    assert answer.status_code == 302, answer.text
    person = Person.objects.get(email_key="ines@acme.example")
    assert list(Grant.objects.filter(user=person.user).values_list("role", "customer")) == [
        ("requester", world.acme.customer.pk)
    ]


def test_a_team_gets_its_members(administrator: Client, world: World) -> None:
    page = administrator.get(f"{AT}teams/{world.desk.pk}/")
    answer = send(administrator, page, f"{AT}teams/{world.desk.pk}/", members=[world.agent.pk])
    assert answer.status_code == 302
    assert list(Team.objects.get(pk=world.desk.pk).members.all()) == [world.agent]


def test_a_login_gets_and_loses_a_role(administrator: Client, world: World) -> None:
    at = f"{AT}users/{world.agent.pk}/"
    page = administrator.get(at)
    answer = send(administrator, page, f"{at}roles/", role="team_lead", customer="")
    assert answer.status_code == 302
    given = Grant.objects.get(user=world.agent, role="team_lead")
    page = administrator.get(at)
    assert send(administrator, page, f"{at}roles/{given.pk}/revoke/").status_code == 302
    assert not Grant.objects.filter(pk=given.pk).exists()


def test_nobody_takes_his_own_role_away(administrator: Client, world: World) -> None:
    own = Grant.objects.get(user=world.administrator)
    at = f"{AT}users/{world.administrator.pk}/"
    answer = send(administrator, administrator.get(at), f"{at}roles/{own.pk}/revoke/")
    assert answer.status_code == 422
    assert Grant.objects.filter(pk=own.pk).exists()


def test_a_programs_token_is_shown_once(administrator: Client, world: World) -> None:
    page = administrator.get(f"{AT}programs/new/")
    answer = send(administrator, page, f"{AT}programs/new/", name="monitoring", owner=world.agent.pk)
    assert answer.status_code == 302
    made = ServiceAccount.objects.get(name="monitoring")
    at = f"{AT}programs/{made.pk}/"
    shown = send(administrator, administrator.get(at), f"{at}tokens/", name="probe", scope="write", days="30")
    assert shown.status_code == 200
    token = Token.objects.get(service_account=made)
    assert f"c8_{token.prefix}_" in shown.text
    later = administrator.get(at)
    assert f"c8_{token.prefix}_" not in later.text
    assert send(administrator, later, f"{at}tokens/{token.pk}/end/").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_a_service_is_offered_to_a_customer(administrator: Client, world: World) -> None:
    page = administrator.get(f"{AT}services/new/")
    answer = send(administrator, page, f"{AT}services/new/", slug="mail", name="Mail", support_team=world.desk.pk,
                  customers=[world.acme.customer.pk])  # fmt: skip
    assert answer.status_code == 302, answer.text
    page = administrator.get("/desk/new/?customer=acme")
    assert "Mail" in page.text


def test_the_matrix_gets_a_version(administrator: Client) -> None:
    before = Matrix.objects.order_by("-version")[0]
    at = f"{AT}matrix/{before.pk}/"
    answer = send(administrator, administrator.get(at), at, cell_3_3="3", reason="milder")
    assert answer.status_code == 302, answer.text
    after = Matrix.objects.order_by("-version")[0]
    assert (after.version, after.cells["3"]["3"], after.reason) == (before.version + 1, 3, "milder")


def test_a_reason_to_wait_leaves_use(administrator: Client) -> None:
    reason = HoldReason.objects.filter(is_default=False).first() or HoldReason.objects.first()
    at = f"{AT}hold-reasons/{reason.pk}/"
    page = administrator.get(at)
    values = forms(page.text)[at]
    values.pop("is_active", None)
    values.pop("is_default", None)
    assert administrator.post(at, values).status_code == 302
    reason.refresh_from_db()
    assert not reason.is_active


def test_business_hours_are_versions(administrator: Client) -> None:
    page = administrator.get(f"{AT}calendars/new/")
    answer = send(administrator, page, f"{AT}calendars/new/", name="Office", time_zone="Europe/Berlin",
                  mon="09:00-17:00", tue="09:00-12:30, 13:00-17:00", holidays="12-25 Christmas")  # fmt: skip
    assert answer.status_code == 302, answer.text
    made = Calendar.objects.get(name="Office")
    assert made.versions.get().week == {
        "mon": [["09:00", "17:00"]],
        "tue": [["09:00", "12:30"], ["13:00", "17:00"]],
    }
    at = f"{AT}calendars/{made.pk}/"
    answer = send(administrator, administrator.get(at), at, wed="10:00-15:00", reason="longer week")
    assert answer.status_code == 302, answer.text
    assert CalendarVersion.objects.filter(calendar=made).count() == 2
    proposed = administrator.get(f"{at}?country=DE&part=&year=2026")
    assert "2026-10-03" in proposed.text
    wrong = send(administrator, administrator.get(at), at, thu="nine to five")
    assert wrong.status_code == 422
    assert "is no time" in wrong.text
    assert CalendarVersion.objects.filter(calendar=made).count() == 2


def test_the_installation_says_its_phone(administrator: Client) -> None:
    page = administrator.get(f"{AT}installation/", follow=True)
    at = page.request["PATH_INFO"]
    assert send(administrator, page, at, name="Calder IT", phone="2222").status_code == 302
    assert Installation.objects.get().phone == "2222"


def test_an_auditor_reads_and_changes_nothing(world: World, client: Client) -> None:
    auditor = sign_in(client, world.auditor)
    entries = Entry.objects.count()
    page = auditor.get(f"{AT}teams/{world.desk.pk}/")
    assert page.status_code == 200
    assert "To change it you need the role" in page.text
    for path, values in ((f"{AT}teams/{world.desk.pk}/", {"name": "Mine"}),
                         (f"{AT}teams/new/", {"slug": "x", "name": "X"}),
                         (f"{AT}users/{world.agent.pk}/roles/", {"role": "agent", "customer": ""})):  # fmt: skip
        assert auditor.post(path, values).status_code == 403, path
    assert Entry.objects.count() == entries
    assert Team.objects.get(pk=world.desk.pk).name == "Service desk"


def test_a_page_that_is_not_his_says_which_role_opens_it(world: World, client: Client) -> None:
    agent = sign_in(client, world.agent)
    answer = agent.get(f"{AT}teams/")
    assert answer.status_code == 403
    assert "Administrator" in answer.text
    assert agent.get(f"{AT}people/").status_code == 200


def test_an_agent_of_one_customer_sees_that_customers_people_only(world: World, client: Client) -> None:
    agent = sign_in(client, world.acme.agent)
    page = agent.get(f"{AT}people/")
    assert "canary-acme" in page.text
    assert "canary-beta" not in page.text
    assert agent.get(f"{AT}people/{world.beta.requester.pk}/").status_code == 404


def test_the_first_page_finds_sections_fields_and_names(administrator: Client, world: World) -> None:
    page = administrator.get(AT, {"q": "desk"}).text
    assert f'href="{AT}teams/{world.desk.pk}/"' in page
    assert f'href="{AT}calendars/"' in administrator.get(AT, {"q": "holidays"}).text
    assert "No setting and no name fits" in administrator.get(AT, {"q": "zebra"}).text


def test_each_setting_says_who_changed_it_last_and_why(administrator: Client, world: World) -> None:
    at = f"{AT}categories/{world.category.pk}/"
    assert send(administrator, administrator.get(at), at, name="Lines", reason="moved").status_code == 302
    page = administrator.get(at).text
    assert "Last changed by <bdi>Omar Haddad</bdi>" in page
    assert "<bdi>moved</bdi>" in page
    assert "category changed" in administrator.get(AT).text  # among what changed last


def test_reports_and_roles_open_from_the_desk_for_who_may_read_them(client: Client, world: World) -> None:
    reports = 'href="/desk/reports/pauses/"'
    assert reports not in sign_in(client, world.agent).get("/desk/").text
    assert client.get(f"{AT}roles/").status_code == 403
    assert reports in sign_in(client, world.lead).get("/desk/").text
    sign_in(client, world.auditor)
    assert "ticket.break_glass" in client.get(f"{AT}roles/").text
    assert 'href="/desk/reports/lowered/"' in client.get(AT).text


def test_codes_of_a_resolution_are_renamed_added_and_put_out_of_use(
    administrator: Client, world: World
) -> None:
    at = f"{AT}resolution-codes/"
    own = {"slug": "vendor_fix", "name": "Fixed by patch", "is_active": "on"}
    send(administrator, administrator.get(f"{at}new/"), f"{at}new/", **own)
    assert codes.choices()[-1] == ("vendor_fix", "Fixed by patch")
    workaround = ResolutionCode.objects.get(slug="workaround")
    one = f"{at}{workaround.pk}/"
    assert "Say why" in send(administrator, administrator.get(one), one, name="Detour").text
    given = {"name": "Detour", "is_active": "", "reason": "Audit 7"}
    values = {**forms(administrator.get(one).text)[one], **given}
    values.pop("is_active")
    assert administrator.post(one, values).status_code == 302
    assert "workaround" not in dict(codes.choices())
    assert codes.label("workaround") == "Detour"
    assert (newest().name, newest().data["reason"]) == ("resolution_code.changed", "Audit 7")
    ticket, raw = report(world.acme), {"code": "workaround", "note": "Rebooted"}
    agent = {"by": world.actor(world.agent), "at": NOON}
    with pytest.raises(errors.Malformed, match="code"):
        verbs.run(ticket, "resolve", raw, **agent)
    fixed = ResolutionCode.objects.get(slug="fixed")
    with pytest.raises(errors.Invalid, match="The product itself ends incidents with"):
        codes.change_code(fixed, fields={"is_active": False}, reason="No", by=SYSTEM, at=NOON)
    assert codes.label("fixed") == "Fixed"
