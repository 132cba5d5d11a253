"""Is it open already: which tickets are named and why, to whom, and at which cost."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from automation import similar
from customers import scoping
from tests.api.callers import Caller, refused
from tests.places import NOON, World, report
from tickets import verbs


def found(world: World, text: str, **given) -> list[tuple[str, str]]:
    hits = similar.find(world.actor(world.agent), world.acme.customer.pk, text, **given)
    return [(one.ticket.title, ", ".join(one.reasons)) for one in hits]


def test_words_item_service_and_caller_each_give_a_reason(world: World):
    report(world.acme, title="Printer jams", description="Paper in the tray", service=None, requester=None,
           by=world.actor(world.agent))  # fmt: skip
    report(world.acme, title="VPN drops", description="Every few minutes")
    report(world.acme, title="No mail", description="Nothing at all")
    asked = {"service_id": world.acme.service.pk, "requester_id": world.acme.requester.pk}
    assert found(world, "The VPN is slow, it drops", **asked) == [
        ("VPN drops", "same words: vpn, drops, same service, same caller")
    ]
    assert found(world, "paper") == [("Printer jams", "same words in its text")]
    assert found(world, "and the with") == []
    assert found(world, "print") == [("Printer jams", "same words: print")]  # while it is still being typed
    assert found(world, "'); DROP | & ! :* ( \x00 vpn") == [("VPN drops", "same words: drop, vpn")]


def test_only_open_ones_and_only_what_the_asker_may_see(world: World):
    done, mine, theirs = (report(world.acme, title=f"VPN {name}") for name in ("done", "mine", "theirs"))
    verbs.run(done, "cancel", {"reason": "x"}, by=world.actor(world.agent), at=NOON)
    theirs.requester = world.acme.colleague
    theirs.save()
    report(world.beta, title="VPN of Beta")
    requester = world.acme.actor(world.acme.requester)
    with scoping.scope(requester.customers):
        hits = similar.find(requester, world.acme.customer.pk, "vpn")
        assert [one.ticket for one in hits] == [mine]
        assert similar.find(requester, world.beta.customer.pk, "vpn") == []
    assert [title for title, _why in found(world, "vpn")] == ["VPN theirs", "VPN mine"]


def test_it_costs_two_statements_however_much_is_open(world: World):
    for number in range(12):
        report(world.acme, title=f"VPN {number}")
    actor = world.actor(world.agent)
    with CaptureQueriesContext(connection) as queries:
        assert len(similar.find(actor, world.acme.customer.pk, "vpn")) == similar.SHOWN
    assert len(queries) == 2
    assert 'customer_id" = ' in queries[1]["sql"]


def test_a_service_is_suggested_from_its_name_or_from_what_resembles(world: World):
    report(world.acme, title="Tunnel closes")
    actor, acme = world.actor(world.agent), world.acme.customer.pk
    by_name = similar.suggest_service(actor, acme, "remote work", [])
    assert by_name == world.acme.service
    hits = similar.find(actor, acme, "tunnel")
    assert similar.suggest_service(actor, acme, "tunnel", hits) == world.acme.service
    assert similar.suggest_service(actor, acme, "coffee", []) is None


def test_programs_ask_before_they_open(world: World):
    number = report(world.acme).number
    agent, asker = Caller(world.agent, scopes=("read",)), Caller(world.acme.requester)
    answer = agent.get("tickets/similar/?customer=acme&q=vpn+broken&service=remote-access-acme")
    assert answer.status_code == 200, answer.content
    assert [(one["number"], one["reasons"]) for one in answer.json()["results"]] == [
        (number, ["same words: vpn", "same service"])
    ]
    assert asker.get("tickets/similar/?q=vpn").json()["results"][0]["number"] == number
    refused(agent.get("tickets/similar/?q=vpn"), 400, "malformed")
    refused(agent.get("tickets/similar/?customer=acme"), 400, "malformed")
    refused(asker.get("tickets/similar/?customer=beta&q=vpn"), 400, "malformed")
