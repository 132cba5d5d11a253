"""Agreements at the desk: written, offered, answered, ended; what is wrong is said at its field, by both doors."""

import datetime as dt
import json

import pytest
from django.test import Client

from accounts import tokens
from approvals.models import Approval
from calendars import actions as calendars
from calendars.models import Calendar
from catalogue.models import ServiceRequirement
from cmdb.models import Subscription
from journal.models import Entry
from slas import documents, standards
from slas.drafts import AgreementDraft
from slas.models import Agreement, AgreementVersion
from tests import agreed
from tests.desk.hands import forms, send, sign_in
from tests.places import NOON, SYSTEM, World

AT = "/desk/service-levels/agreements/"
NEEDS = "/desk/service-levels/requirements/"


@pytest.fixture
def administrator(world: World, client: Client) -> Client:
    return sign_in(client, world.administrator)


@pytest.fixture
def hours(world: World) -> Calendar:
    return standards.calendar("Office hours", by=SYSTEM, at=NOON)


def start(world: World, **more: str) -> str:
    asked = {"kind": "sla", "customer": str(world.acme.customer.pk), **more}
    return f"{AT}new/?" + "&".join(f"{name}={value}" for name, value in asked.items())


def gold(world: World, hours: Calendar) -> Agreement:
    draft = AgreementDraft(
        customer=world.acme.customer, name="Gold", calendar=hours, targets=standards.targets({1: (1, 4)}),
    )  # fmt: skip
    return agreed.agree(draft)


def test_gold_is_written_from_a_sample_completed_offered_and_agreed(
    administrator: Client, world: World, hours: Calendar
) -> None:
    at = start(world, start="gold")
    page = administrator.get(at)
    answer = send(administrator, page, at, calendar=hours.pk)
    assert answer.status_code == 302, answer.text
    made = Agreement.objects.get(name="Gold")
    assert (made.latest.state, len(documents.targets_of(made))) == ("draft", 8)
    here = f"{AT}{made.pk}/"
    page = administrator.get(here)
    assert "Name the service requirements" in page.text
    refused = administrator.post(f"{here}do/offer/", {"version": 1})
    assert (refused.status_code, Approval.objects.count()) == (422, 0)
    agreed.need(world.acme.customer)
    need = ServiceRequirement.objects.get()
    page = administrator.get(f"{here}edit/")
    answer = send(administrator, page, f"{here}edit/", requirements=need.pk, t1_time="3 h", reason="As asked")
    assert answer.status_code == 302, answer.text
    page = administrator.get(here)
    assert "What differs from version 1" in page.text
    assert "REQ-1" in page.text
    assert administrator.post(f"{here}do/offer/", {"version": 2}).status_code == 302
    assert administrator.post(f"{here}do/approve/?side=provider", {"version": 2}).status_code == 302
    on_paper = {"version": 2, "verdict": "approved", "signed_by": "Mara Voss"}
    assert administrator.post(f"{here}do/sign/?side=customer", on_paper).status_code == 422
    on_paper["evidence"] = "Minutes"
    assert administrator.post(f"{here}do/sign/?side=customer", on_paper).status_code == 302
    made.refresh_from_db()
    assert (made.version, made.latest.state) == (2, "agreed")
    assert "Mara Voss" in administrator.get(here).text
    assert administrator.post(f"{here}do/end/", {"last": "2020-01-01", "reason": "Over"}).status_code == 422
    later = (dt.datetime.now(dt.UTC) + dt.timedelta(days=30)).date()
    assert administrator.post(f"{here}do/end/", {"last": later, "reason": "Over"}).status_code == 302
    assert AgreementVersion.objects.get(agreement=made, number=2).valid_to == later


def test_a_version_read_before_another_change_is_not_written_over(
    administrator: Client, world: World, hours: Calendar
) -> None:
    row = gold(world, hours)
    at = f"{AT}{row.pk}/edit/"
    page = administrator.get(at)
    agreed.agree_anew(row, name="Gold plus")
    answer = send(administrator, page, at, name="Mine")
    assert (answer.status_code, "Mine" in answer.text) == (412, True)
    row.refresh_from_db()
    assert (row.name, row.version) == ("Gold plus", 2)
    assert administrator.post(f"{AT}{row.pk}/do/withdraw/", {"version": 1}).status_code == 412


def test_more_rows_are_added_without_a_script_and_nothing_is_saved(
    administrator: Client, world: World, hours: Calendar
) -> None:
    at = start(world)
    page = administrator.get(at)
    longer = send(administrator, page, at, name="Half", t0_metric="resolution", t0_time="bad", more="targets")
    asked = forms(longer.text)[at]
    assert (longer.status_code, asked["name"], asked["t0_time"], asked["targets"]) == (
        200,
        "Half",
        "bad",
        "5",
    )
    assert "t4_metric" in asked
    assert not Agreement.objects.filter(name="Half").exists()


def test_the_list_says_where_each_stands(administrator: Client, world: World, hours: Calendar) -> None:
    standards.best_effort(by=SYSTEM, at=NOON)
    gold(world, hours)
    assert "Gold" in administrator.get(AT, {"phase": "active", "kind": "sla"}).text
    assert ">Gold</a>" not in administrator.get(AT, {"phase": "draft"}).text
    assert ">Gold</a>" not in administrator.get(AT, {"q": "Beta"}).text
    assert administrator.get("/desk/settings/agreements/")["Location"] == AT


def test_an_agent_reads_and_changes_nothing(client: Client, world: World, hours: Calendar) -> None:
    row = gold(world, hours)
    agent = sign_in(client, world.agent)
    assert "Gold" in agent.get(AT).text
    page = agent.get(f"{AT}{row.pk}/")
    assert (page.status_code, "/edit/" in page.text) == (200, False)
    entries = Entry.objects.count()
    for path in ("edit/", "do/end/", "do/withdraw/", "do/offer/"):
        assert agent.post(f"{AT}{row.pk}/{path}", {"last": "2030-01-01", "reason": "x"}).status_code == 403, (
            path
        )
    assert agent.post(f"{AT}{row.pk}/do/approve/?side=provider", {}).status_code in (403, 409)
    assert agent.get(start(world)).status_code == 403
    assert Entry.objects.count() == entries
    foreign = sign_in(Client(), world.beta.agent)
    assert foreign.get(f"{AT}{row.pk}/").status_code == 404


def test_a_requirement_is_written_changed_and_retired(administrator: Client, world: World) -> None:
    page = administrator.get(f"{NEEDS}new/?customer={world.acme.customer.pk}")
    at = page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"]
    assert send(administrator, page, at, title="Labels at any hour").status_code == 302
    made = ServiceRequirement.objects.get()
    assert (made.key, made.customer) == ("REQ-1", world.acme.customer)
    page = administrator.get(f"{NEEDS}{made.pk}/")
    assert send(administrator, page, f"{NEEDS}{made.pk}/", state="retired", reason="Sold").status_code == 302
    again = send(administrator, page, f"{NEEDS}{made.pk}/", title="Other", once="x")
    assert again.status_code == 412
    assert "Labels" not in administrator.get(NEEDS).text
    assert "Labels" in administrator.get(NEEDS, {"show": "retired"}).text


class Doors:
    """Writes an agreement with something wrong in it through the screen and through the API."""

    def __init__(self, world: World, hours: Calendar):
        self.world, self.hours = world, hours
        self.screen = sign_in(Client(), world.administrator)
        token = tokens.issue(world.administrator, name="t", scopes=["admin"], at=dt.datetime.now(dt.UTC))[1]
        self.api = Client(HTTP_AUTHORIZATION=f"Bearer {token}")

    def by_screen(self, **given: object) -> str:
        at = start(self.world)
        page = self.screen.get(at)
        own = {"name": "Wrong", "calendar": self.hours.pk, "t0_metric": "resolution", "t0_time": "4 h"}
        answer = send(self.screen, page, at, **{**own, **given})
        assert answer.status_code == 422, answer.status_code
        return answer.text

    def by_api(self, **given: object) -> dict[str, list[str]]:
        target = {"metric": "resolution", "seconds": 3600, **given.pop("target", {})}
        own = {"customer": "acme", "name": "Wrong", "calendar": self.hours.pk, "targets": [target]}
        answer = self.api.post(
            "/api/v1/agreements/", json.dumps({**own, **given}, default=str), content_type="application/json"
        )
        assert answer.status_code == 422, answer.content
        return answer.json()["errors"]


@pytest.mark.parametrize(
    "case", ["never opens", "never opens for a target", "service ended", "zero", "step", "as specific", "twins"]
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_in_the_screen_and_in_the_api(
    world: World, hours: Calendar, case: str
) -> None:
    doors, service = Doors(world, hours), world.acme.service
    over = {"2025-01-02": [["09:00", "10:00"]]}
    never = Calendar(name="Never", time_zone="UTC")
    never = calendars.create_calendar(never, by=SYSTEM, at=NOON, week={}, special_days=over)
    agreed.agree(AgreementDraft(customer=world.acme.customer, name="Other", calendar=hours, services=[service],
                                targets=standards.targets({1: (1, 4)})))  # fmt: skip
    Subscription.objects.filter(customer=world.acme.customer, service=service).update(valid_to="2027-03-31")
    half, twin = {"metric": "resolution", "seconds": 60}, {"t1_metric": "resolution", "t1_time": "2 h"}
    same = {"services": service.pk, "t0_priority": "1"}
    step = {"percent": 10_000, "notify": ["lead"]}
    named = {"services": [service.slug], "valid_to": "2027-03-31"}
    screen, api, field, place, sentence = {
        "never opens": ({"calendar": never.pk}, {"calendar": never.pk}, "calendar", "calendar", "never opens"),
        "never opens for a target": (
            {"t0_hours": never.pk}, {"target": {"calendar": never.pk}}, "targets", "t0_hours", "never opens",
        ),
        "service ended": (
            {"services": service.pk}, {"services": [service.slug]}, "valid_to", "valid_to", "has to end by then",
        ),
        "zero": ({"t0_time": "0"}, {"target": {"seconds": 0}}, "targets", "t0_time", "needs a time above 0"),
        "step": (
            {"t0_steps": "10000%: lead"}, {"target": {"steps": [step]}}, "targets", "t0_steps", "between 1 and 1000",
        ),
        "as specific": (
            {**same, "valid_to": "2027-03-31"}, {**named, "target": {"priority": 1}}, "targets", "",
            "Target 1 is for the same tickets as one of “Other”",
        ),
        "twins": (twin, {"targets": [half, half]}, "targets", "", "Targets 1 and 2 are for the same tickets"),
    }[case]  # fmt: skip
    text = doors.by_screen(**screen)
    assert sentence in text
    if place:
        assert sentence in text.partition(f'id="id_{place}_error"')[2][:400]
    errors = doors.by_api(**api)
    assert list(errors) == [field]
    assert sentence in errors[field][0]
    assert not Agreement.objects.filter(name="Wrong").exists()


def test_windows_that_overlap_are_refused_at_their_day_and_in_the_api(world: World, hours: Calendar) -> None:
    doors = Doors(world, hours)
    at = "/desk/settings/calendars/new/"
    page = doors.screen.get(at)
    answer = send(doors.screen, page, at, name="Twice", time_zone="UTC", tue="09:00-12:00, 11:00-15:00")
    assert (answer.status_code, "overlap" in answer.text.partition('id="id_tue_error"')[2][:300]) == (
        422,
        True,
    )
    body = {"name": "Twice", "time_zone": "UTC", "week": {"tue": [["09:00", "12:00"], ["11:00", "15:00"]]}}
    answer = doors.api.post("/api/v1/calendars/", json.dumps(body), content_type="application/json")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["week"])
    assert not Calendar.objects.filter(name="Twice").exists()
