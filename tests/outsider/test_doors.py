"""The outsider at the doors: a session never counts without its proof, and a number is no way to learn a name."""

import json

from django.test import Client

from tests.places import World
from tests.portal.conftest import town  # noqa: F401 - a fixture


def test_an_empty_authorization_header_does_not_stand_in_for_the_csrf_token(town: World) -> None:  # noqa: F811
    client = Client(enforce_csrf_checks=True)
    client.force_login(town.agent)
    body = json.dumps({"customer": "acme", "title": "Forged"})
    for headers in ({}, {"authorization": ""}):
        answer = client.post("/api/v1/incidents/", body, content_type="application/json", headers=headers)
        assert answer.status_code == 403
    assert client.get("/api/v1/incidents/").json()["results"] == []


def test_a_chip_names_no_login_that_the_reader_may_not_know_of(town: World) -> None:  # noqa: F811
    client = Client()
    client.force_login(town.acme.agent)
    for foreign in (town.beta.agent, town.beta.requester.user, town.acme.requester.user):
        page = client.get("/desk/", {"assignee": foreign.pk})
        assert page.status_code == 200
        assert foreign.name not in page.content.decode()
    assert town.agent.name in client.get("/desk/", {"assignee": town.agent.pk}).content.decode()
