"""Following a request: plain words, own words, and nothing of what the desk keeps to itself."""

import datetime as dt
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts import actions as accounts
from accounts import tokens
from accounts.models import Person
from accounts.roles import Role
from core.actor import ALL
from customers import scoping
from customers.models import Customer, Installation
from tests.places import NOON, report
from tests.portal.conftest import now, rows
from tickets import actions
from tickets.models import Attachment, Message, Ticket


def answer(**more):
    return {"form_key": str(uuid.uuid4()), "body": "It is 5.2.", **more}


def text_of(response) -> str:
    """The page without its CSRF tokens, in which any two letters may stand by chance."""
    return re.sub(r'(csrf-?\w*token" (?:content|value)=")\w+', r"\1", response.content.decode())


def test_the_first_page_asks_what_one_needs_and_says_when_somebody_is_there(town, visitor):
    Installation.objects.update_or_create(
        pk=1, defaults={"name": "Calder IT", "phone": "2222", "hours": "07:00 to 19:00"}
    )
    page = text_of(visitor(town.acme.requester).get("/"))
    assert "What do you need, Requester?" in page
    assert "The desk is open 07:00 to 19:00. If it cannot wait, call 2222." in page
    assert "Nothing waits for you." in page
    assert "You have asked for nothing yet" in page
    assert "Calder IT" in page


def test_a_question_waits_on_the_first_page_with_its_words_and_a_first_name(town, visitor, fault, by_desk):
    by_desk(fault, "hold", reason="customer", message="Which **version** is it?")
    page = text_of(visitor(town.acme.requester).get("/"))
    assert "Which version is it?" in page
    assert "Sofia asked just now about “VPN drops canary-acme”." in page
    assert f"/requests/{fault.number}/#reply" in page
    assert "We asked you" in page
    assert "Which" not in text_of(visitor(town.acme.colleague).get("/"))


def test_nothing_of_the_desks_inside_is_on_any_page(town, visitor, fault, by_desk):
    by_desk(fault, "assign", assignee="agent@calder.example")
    by_desk(fault, "note", body="inside-note-canary")
    by_desk(fault, "hold", reason="customer", message="Which version is it?")
    client = visitor(town.acme.requester)
    for path in (
        "/",
        "/requests/",
        f"/requests/{fault.number}/",
        f"/requests/{fault.number}/cancel/",
        "/report/",
    ):
        page = text_of(client.get(path))
        for word in (
            "inside-note-canary",
            "Keller",
            "Service desk",
            "P3",
            "Priority",
            "agent@calder.example",
            "canary-beta",
        ):
            assert word not in page, (path, word)


POSTS = ("answer/", "works/", "not-yet/", "not-waiting/", "cancel/")


@pytest.mark.parametrize(
    ("method", "path"),
    [*(("get", path) for path in ("", *POSTS, "files/1/")), *(("post", path) for path in POSTS)],
    ids=lambda one: one or "page",
)
def test_a_foreign_number_and_one_that_was_never_given_answer_the_same(town, visitor, fault, path, method):
    before, stranger = rows(), visitor(town.beta.requester)
    foreign = getattr(stranger, method)(f"/requests/{fault.number}/{path}", answer())
    unknown = getattr(stranger, method)(f"/requests/INC-9999/{path}", answer())
    assert (foreign.status_code, unknown.status_code, rows()) == (404, 404, before)
    assert mask(foreign, fault.number) == mask(unknown, "INC-9999")


def mask(response, number: str) -> str:
    page = text_of(response).replace(number, "NUMBER").replace(response["X-Request-Id"], "REQUEST")
    return "".join(line for line in page.splitlines() if "server-time" not in line and "csrf" not in line)


def test_an_answer_with_files_ends_the_waiting(town, visitor, fault, by_desk):
    by_desk(fault, "hold", reason="customer", message="Which version is it?")
    file = SimpleUploadedFile("log.txt", b"drop")
    sent = visitor(town.acme.requester).post(f"/requests/{fault.number}/answer/", answer(files=[file]))
    assert sent["Location"] == f"/requests/{fault.number}/#reply"
    with scoping.scope(ALL):
        last = Message.objects.order_by("-id").first()
        assert (last.body, last.audience, last.is_from_customer, last.channel) == (
            "It is 5.2.",
            "public",
            True,
            "portal",
        )
        assert Attachment.objects.get().message == last
    assert (now(fault).state, now(fault).hold_kind) == ("in_progress", "")


def test_an_answer_sent_twice_is_said_once(town, visitor, fault):
    client, given = visitor(town.acme.requester), answer()
    client.post(f"/requests/{fault.number}/answer/", given)
    before = rows()
    client.post(f"/requests/{fault.number}/answer/", given)
    assert rows() == before


def test_an_empty_answer_is_refused_with_the_page_and_nothing_is_written(town, visitor, fault):
    before = rows()
    refused = visitor(town.acme.requester).post(f"/requests/{fault.number}/answer/", answer(body=" "))
    assert (refused.status_code, rows()) == (422, before)
    assert "Please look at this again" in text_of(refused)


def test_an_answer_to_what_is_finished_is_refused_and_its_words_are_kept(town, visitor, fault, by_desk):
    by_desk(fault, "cancel", reason="A mistake")
    before = rows()
    refused = visitor(town.acme.requester).post(f"/requests/{fault.number}/answer/", answer(body="Wait!"))
    assert (refused.status_code, rows()) == (409, before)


def test_you_are_not_waiting_for_me_goes_on(town, visitor, fault, by_desk):
    client = visitor(town.acme.requester)
    assert "not waiting for me" not in text_of(client.get(f"/requests/{fault.number}/"))
    by_desk(fault, "hold", reason="customer", message="Which version is it?")
    assert "You are not waiting for me" in text_of(client.get(f"/requests/{fault.number}/"))
    client.post(f"/requests/{fault.number}/not-waiting/")
    assert now(fault).state == "in_progress"
    assert "we go on" in text_of(client.get(f"/requests/{fault.number}/"))


def test_it_works_now_finishes_and_not_yet_opens_again_with_the_words(town, visitor, fault, by_desk):
    client = visitor(town.acme.requester)
    by_desk(fault, "resolve", code="fixed", note="Go back to 5.1.")
    page = text_of(client.get(f"/requests/{fault.number}/"))
    assert "Does it work now?" in page
    assert "Sofia wrote: Go back to 5.1." in " ".join(page.split())
    refused = client.post(f"/requests/{fault.number}/not-yet/", {"body": " "})
    assert (refused.status_code, now(fault).state) == (422, "resolved")
    client.post(f"/requests/{fault.number}/not-yet/", {"body": "Still the same."})
    assert (now(fault).state, now(fault).reopen_count) == ("in_progress", 1)
    assert "Still the same." in text_of(client.get(f"/requests/{fault.number}/"))
    by_desk(fault, "resolve", code="fixed", note="Gateway replaced.")
    client.post(f"/requests/{fault.number}/works/")
    assert now(fault).state == "closed"
    again = client.post(f"/requests/{fault.number}/works/")
    assert (again.status_code, now(fault).state) == (409, "closed")
    assert "“Close” is not possible now" in text_of(again)


def test_withdrawing_asks_for_a_reason_on_a_page_of_its_own(town, visitor, fault):
    client = visitor(town.acme.requester)
    assert "Withdraw this request?" in text_of(client.get(f"/requests/{fault.number}/cancel/"))
    assert client.post(f"/requests/{fault.number}/cancel/", {"reason": ""}).status_code == 422
    assert now(fault).state == "new"
    client.post(f"/requests/{fault.number}/cancel/", {"reason": "It went away."})
    assert now(fault).state == "cancelled"
    assert "Withdrawn" in text_of(client.get(f"/requests/{fault.number}/"))


def test_opening_a_link_changes_nothing(town, visitor, fault, by_desk):
    by_desk(fault, "resolve", code="fixed", note="Done.")
    client, before, state = visitor(town.acme.requester), rows(), now(fault).version
    for path in ("", "answer/", "works/", "not-yet/", "not-waiting/", "cancel/"):
        assert client.get(f"/requests/{fault.number}/{path}").status_code in (200, 302)
    assert client.get("/requests/customer/").status_code == 405
    assert client.get("/report/draft/").status_code == 405
    assert (rows(), now(fault).version) == (before, state)


def test_a_colleague_sees_what_the_customer_shares_and_may_not_answer_it(town, visitor, fault):
    client = visitor(town.acme.colleague)
    assert client.get(f"/requests/{fault.number}/").status_code == 404
    with scoping.scope(ALL):
        Customer.objects.filter(pk=town.acme.customer.pk).update(sharing="all")
    page = text_of(client.get(f"/requests/{fault.number}/"))
    assert "Your answer" not in page
    before = rows()
    refused = client.post(f"/requests/{fault.number}/answer/", answer())
    assert (refused.status_code, rows()) == (403, before)
    assert fault.number not in text_of(client.get("/requests/"))


def test_a_manager_sees_and_answers_the_requests_of_his_people_only(town, visitor, fault):
    with scoping.scope(ALL):
        foreign = report(town.beta)
    client = visitor(town.acme.manager)
    page = text_of(client.get("/requests/?who=all"))
    assert fault.number in page
    assert "Requester canary-acme" in page
    assert foreign.number not in page
    assert fault.number not in text_of(client.get("/requests/"))
    assert client.post(f"/requests/{fault.number}/answer/", answer()).status_code == 302
    assert "Everybody" not in text_of(visitor(town.acme.requester).get("/requests/"))


def test_the_list_knows_open_closed_words_numbers_and_pages(town, visitor, by_desk):
    with scoping.scope(ALL):
        made = [report(town.acme, title=f"Printer {n} jams") for n in range(30)]
    by_desk(made[0], "cancel", reason="A mistake")
    client = visitor(town.acme.requester)
    first = client.get("/requests/")
    assert [one["number"] for one in first.context["rows"]] == [one.number for one in made[:4:-1]]
    second = client.get(first.context["older_url"])
    assert [one["number"] for one in second.context["rows"]] == [one.number for one in made[4:0:-1]]
    assert [one["number"] for one in client.get(second.context["newer_url"]).context["rows"]] == [
        one.number for one in made[:4:-1]
    ]
    assert [one["number"] for one in client.get("/requests/?show=closed").context["rows"]] == [made[0].number]
    assert [one["number"] for one in client.get(f"/requests/?q={made[0].number}").context["rows"]] == [
        made[0].number
    ]
    assert len(client.get("/requests/?q=printer").context["rows"]) == 25
    assert "Nothing for “zebra”" in text_of(client.get("/requests/?q=zebra"))
    assert client.get("/requests/?show=else").status_code == 404
    assert client.get("/requests/?after=nonsense").status_code == 400


def test_a_file_is_taken_home_as_a_download_whatever_it_says_it_is(town, visitor, fault):
    evil = SimpleUploadedFile('evil "name".html', b"<script>alert(1)</script>", content_type="text/html")
    client = visitor(town.acme.requester)
    client.post(f"/requests/{fault.number}/answer/", answer(files=[evil]))
    with scoping.scope(ALL):
        file = Attachment.objects.get()
    sent = client.get(f"/requests/{fault.number}/files/{file.pk}/")
    assert b"".join(sent.streaming_content) == b"<script>alert(1)</script>"
    assert sent["Content-Type"] == "application/octet-stream"
    assert sent["Content-Disposition"].startswith("attachment;")
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/requests/{fault.number}/files/{file.pk + 1}/").status_code == 404
    assert visitor(town.beta.requester).get(f"/requests/{fault.number}/files/{file.pk}/").status_code == 404


def test_a_file_of_a_note_is_not_to_be_had(town, visitor, fault):
    with scoping.scope(ALL):
        by = town.actor(town.agent)
    with scoping.scope(ALL, caller=by.key):
        upload = actions.upload(SimpleUploadedFile("inside.txt", b"inside"), by=by, at=NOON)
        actions.note(fault, by=by, at=NOON, body="inside", uploads=[str(upload.pk)])
        file = Attachment.objects.get()
    assert visitor(town.acme.requester).get(f"/requests/{fault.number}/files/{file.pk}/").status_code == 404


def test_the_file_of_another_request_is_not_had_through_mine(town, visitor, fault):
    client = visitor(town.acme.requester)
    client.post(f"/requests/{fault.number}/answer/", answer(files=[SimpleUploadedFile("a.txt", b"a")]))
    with scoping.scope(ALL):
        other, file = report(town.acme), Attachment.objects.get()
    assert client.get(f"/requests/{other.number}/files/{file.pk}/").status_code == 404


def test_a_person_of_two_customers_looks_at_one_at_a_time(town, visitor, fault):
    user = town.acme.requester.user
    with scoping.scope(ALL):
        person = Person(
            customer=town.beta.customer, name="Ines at Beta", email="ines@beta.example", user=user
        )
        accounts.create_person(person, by=town.actor(town.administrator), at=NOON, role=Role.REQUESTER)
        theirs = report(town.beta, requester=person, by=town.actor(town.agent))
    client = visitor(user)
    numbers = lambda: [one["number"] for one in client.get("/requests/").context["rows"]]  # noqa: E731
    assert numbers() == [fault.number]
    assert client.post("/requests/customer/", {"customer": "beta"})["Location"] == "/"
    assert numbers() == [theirs.number]
    assert "What do you need, Ines?" in text_of(client.get("/"))
    assert client.get(f"/requests/{fault.number}/").status_code == 200
    assert client.post("/requests/customer/", {"customer": "calder-it"}).status_code == 404
    assert numbers() == [theirs.number]


def test_a_short_link_leads_each_reader_to_his_own_door(town, visitor, fault):
    assert visitor(town.acme.requester).get(f"/{fault.number}")["Location"] == f"/requests/{fault.number}/"
    assert (
        visitor(town.acme.requester).get(f"/{fault.number.lower()}/")["Location"]
        == f"/requests/{fault.number}/"
    )
    assert visitor(town.agent).get(f"/{fault.number}")["Location"] == f"/desk/tickets/{fault.number}/"
    assert visitor(town.beta.requester).get(f"/{fault.number}").status_code == 404
    assert visitor(town.beta.agent).get(f"/{fault.number}").status_code == 404
    assert Client().get(f"/{fault.number}")["Location"] == f"/account/login/?next=/{fault.number}"


def test_somebody_of_the_desk_sees_here_only_what_he_asked_for_himself(town, visitor, fault):
    assert visitor(town.agent).get("/")["Location"] == "/desk/"
    assert visitor(town.agent).get(f"/requests/{fault.number}/").status_code == 404
    with scoping.scope(ALL):
        person = Person(
            customer=town.provider, name="Sofia Keller", email="sofia@calder.example", user=town.agent
        )
        accounts.create_person(person, by=town.actor(town.administrator), at=NOON)
        own = report(
            town.acme, customer=town.provider, requester=person, service=None, by=town.actor(town.agent)
        )
    client = visitor(town.agent)
    assert own.number in text_of(client.get("/"))
    assert client.get(f"/requests/{fault.number}/").status_code == 404
    assert fault.number not in text_of(client.get("/requests/?who=all&show=all"))


@pytest.mark.parametrize("path", ["/", "/report/", "/requests/", "/requests/INC-1/", "/INC-1"])
def test_strangers_are_led_to_the_sign_in_and_back(path, town):
    assert Client().get(path)["Location"] == f"/account/login/?next={path}"


def test_a_part_of_a_page_says_that_one_is_signed_out(town):
    assert Client().get("/report/similar/", headers={"HX-Request": "true"}).status_code == 401


def test_a_restricted_request_is_gone_for_who_is_not_on_its_list(town, visitor, fault):
    with scoping.scope(ALL, compartments=[0, 7]):
        Ticket.objects.filter(pk=fault.pk).update(compartment=7)
    assert visitor(town.acme.requester).get(f"/requests/{fault.number}/").status_code == 404
    assert visitor(town.acme.manager).get(f"/requests/{fault.number}/").status_code == 404


def test_a_token_opens_no_page(town, fault):
    row = tokens.issue(town.acme.requester.user, name="t", scopes=["admin"], at=dt.datetime.now(dt.UTC))[1]
    headers = {"Authorization": f"Bearer {row}"}
    for path in ("/", f"/requests/{fault.number}/"):
        assert Client().get(path, headers=headers)["Location"] == f"/account/login/?next={path}"
    before = rows()
    assert Client().post(f"/requests/{fault.number}/answer/", answer(), headers=headers).status_code == 302
    assert rows() == before
