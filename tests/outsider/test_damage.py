"""The outsider without manners: addresses, cursors and dates that no page of ours makes are refused, never a fault."""

import base64
import datetime as dt
import json
import uuid

import pytest
from django.test import Client

from accounts.models import User
from core import time
from tests.api.callers import Caller
from tests.places import World
from tests.portal.conftest import town  # noqa: F401 - a fixture


def browser(who: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(who)
    return client


def cursor(order: list[str], values: list[object]) -> str:
    return base64.urlsafe_b64encode(json.dumps([False, order, values]).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "path",
    ["/desk/?customer=%00", "/desk/?view=%00", "/desk/?external_reference=a:%00", "/desk/new/?customer=%00",
     "/desk/tickets/%00/", "/desk/tickets/%00/preview/"],
)  # fmt: skip
def test_a_page_answers_characters_that_are_no_text_with_a_sentence(town: World, path: str) -> None:  # noqa: F811
    answer = browser(town.agent).get(path)
    assert answer.status_code == 400
    assert "characters that are no text" in answer.content.decode()


def test_the_portal_searches_for_no_such_characters_either(town: World) -> None:  # noqa: F811
    answer = browser(town.acme.requester.user).get("/requests/?q=%00")
    assert answer.status_code == 400


@pytest.mark.parametrize("key", ["²", "٣"])
def test_a_number_in_other_digits_is_a_number_or_none(town: World, key: str) -> None:  # noqa: F811
    assert browser(town.agent).get("/desk/new/", {"caller": key}).status_code in (200, 404)
    assert browser(town.agent).get("/desk/", {"site": key}).status_code in (200, 400)


@pytest.mark.parametrize(
    "values", [["x", 1], [[1], [2]], [{"at": "2026-01-01T00:00:00Z"}, "x"], [None, None], [{"at": 5}, 1]]
)
def test_a_queue_refuses_a_cursor_that_no_page_gave_out(town: World, values: list[object]) -> None:  # noqa: F811
    answer = browser(town.agent).get("/desk/", {"cursor": cursor(["due_key", "id"], values)})
    assert answer.status_code == 400
    assert "cursor" in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "path", "order", "values"),
    [("administrator", "/desk/mail/", ["-id"], ["x"]), ("administrator", "/desk/settings/log/", ["-id"], [[1]]),
     ("administrator", "/desk/deliveries/", ["id"], ["zz"]),
     ("administrator", "/desk/settings/users/", ["name", "id"], ["\0", 1])],
)  # fmt: skip
def test_every_list_refuses_such_a_cursor(town: World, who, path, order, values) -> None:  # noqa: F811
    assert browser(getattr(town, who)).get(path, {"cursor": cursor(order, values)}).status_code == 400


def test_so_does_the_list_of_requests(town: World) -> None:  # noqa: F811
    answer = browser(town.acme.requester.user).get("/requests/", {"after": cursor(["-id"], ["x"])})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "text",
    ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-13-40T00:00:00Z", "2026-01-01T00:00:00", 5, None],
)  # fmt: skip
def test_an_instant_that_not_every_zone_can_hold_is_none(text: object) -> None:
    assert time.find_instant(text) is None


def test_an_instant_is_read_into_utc() -> None:
    assert time.find_instant("2026-11-18T13:00:00+01:00") == dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)


def test_a_report_of_the_year_one_is_refused_and_spoils_no_list(town: World) -> None:  # noqa: F811
    person = town.acme.requester
    User.objects.filter(pk=person.user_id).update(time_zone="Asia/Tokyo")
    given = {"what": "Old", "service": "none", "who": "3", "work": "3", "form_key": str(uuid.uuid4())}
    answer = browser(person.user).post("/report/", {**given, "since": "0001-01-01T00:00"})
    assert answer.status_code == 422
    assert "No year before 1900" in answer.content.decode()
    assert Caller(town.agent).get("incidents/").json()["results"] == []


def test_a_hold_until_the_end_of_time_is_refused(town: World) -> None:  # noqa: F811
    made = Caller(town.agent).post("incidents/", {"customer": "acme", "title": "VPN drops"}).json()
    path = f"incidents/{made['number']}/actions/"
    assert Caller(town.agent).post(f"{path}accept/").status_code == 200
    given = {"reason": "scheduled", "until": "9999-12-31T23:59:59-14:00"}
    answer = Caller(town.agent).post(f"{path}hold/", given)
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"until"}
    assert Caller(town.agent).get(f"incidents/{made['number']}/").json()["state"] == "in_progress"
