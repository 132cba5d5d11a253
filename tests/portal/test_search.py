"""Search first: one's own requests while typing, what three people asked for, and the fault form where nothing is."""

from core.actor import ALL
from customers import scoping
from tests.places import report


def test_half_a_word_finds_ones_own_request_while_typing_and_nobody_elses(town, visitor, fault):
    with scoping.scope(ALL):
        foreign = report(town.beta)
    found = visitor(town.acme.requester).get("/search/hits/?q=drop").content.decode()
    assert fault.number in found
    assert foreign.number not in found
    assert "Your request" in found
    assert fault.number not in visitor(town.acme.colleague).get("/search/hits/?q=drop").content.decode()
    assert visitor(town.acme.requester).get("/search/hits/?q=d").content.decode().strip() == ""


def test_nothing_found_leads_to_the_fault_form_with_the_words(town, visitor):
    client = visitor(town.acme.requester)
    answer = client.get("/search/?q=my+chair+squeaks")
    assert answer["Location"] == "/report/?q=my+chair+squeaks"
    assert "my chair squeaks" in client.get(answer["Location"]).content.decode()


def test_a_phrase_shows_as_often_asked_once_three_people_of_the_customer_used_it(town, visitor):
    people = [town.acme.requester, town.acme.colleague, town.acme.manager]
    for _turn in range(3):
        visitor(people[0]).get("/search/?q=Reset  a password")
    visitor(people[1]).get("/search/?q=reset a password")
    assert "Often asked" not in visitor(people[0]).get("/").content.decode()
    visitor(people[2]).get("/search/?q=reset a password")
    assert "Reset a password" in visitor(people[0]).get("/").content.decode()
    assert "Reset a password" not in visitor(town.beta.requester).get("/").content.decode()
