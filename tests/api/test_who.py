"""Customers, people and teams by REST."""

from tests.api.callers import Caller
from tests.places import World


def test_me_says_who_calls(world: World):
    me = Caller(world.agent).get("me/").json()
    assert me["user"]["email"] == "agent@calder.example"
    assert me["roles"] == [{"role": "agent", "customer": None}]
    assert [one["key"] for one in me["customers"]] == ["acme", "beta", "calder-it"]
    assert me["scopes"] == ["admin"]


def test_lists(world: World):
    caller = Caller(world.agent)
    for path in ("customers/", "people/", "teams/"):
        answer = caller.get(path)
        assert answer.status_code == 200, answer.content
