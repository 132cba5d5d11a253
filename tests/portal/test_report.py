"""Reporting a fault: plain questions in, one incident out, whatever the line or the fingers do."""

import datetime as dt
import json
import uuid

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Site
from cmdb import actions as cmdb
from cmdb.models import ConfigurationItem
from core.actor import ALL
from customers import scoping
from customers.models import Customer
from incidents.major import publishing
from incidents.models import Incident
from portal import guessing
from tests.places import NOON, report
from tests.portal.conftest import rows
from tickets.models import Attachment, Draft, Message, Ticket

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def form(town, **more):
    given = {
        "form_key": str(uuid.uuid4()), "what": "The VPN drops.\nEvery few minutes.", "title": "",
        "service": str(town.acme.service.pk), "since": "", "who": "3", "work": "3",
    }  # fmt: skip
    return {**given, **more}


def the_ticket() -> Ticket:
    return Ticket.objects.select_related("customer", "requester", "service").get()


def test_a_report_becomes_an_incident_of_its_person_in_his_words(town, visitor):
    given = form(town, who="2", work="1", since="2026-11-18T10:30")
    answer = visitor(town.acme.requester).post("/report/", given)
    with scoping.scope(ALL):
        made = the_ticket()
        assert answer["Location"] == f"/requests/{made.number}/"
        assert (made.customer, made.requester, made.service) == (
            town.acme.customer,
            town.acme.requester,
            town.acme.service,
        )
        assert (made.title, made.impact, made.urgency, made.channel) == ("The VPN drops.", 2, 1, "portal")
        assert Message.objects.get().body == "The VPN drops.\nEvery few minutes."
        assert Incident.objects.get().impact_from == dt.datetime(2026, 11, 18, 10, 30, tzinfo=dt.UTC)


def test_since_when_is_read_in_the_time_zone_of_the_customer(town, visitor):
    with scoping.scope(ALL):
        Customer.objects.filter(pk=town.acme.customer.pk).update(time_zone="Europe/Berlin")
    visitor(town.acme.requester).post("/report/", form(town, since="2026-11-18T10:30"))
    with scoping.scope(ALL):
        assert Incident.objects.get().impact_from == dt.datetime(2026, 11, 18, 9, 30, tzinfo=dt.UTC)


def test_the_same_form_sent_twice_makes_one_incident_and_leads_to_it_both_times(town, visitor):
    client, given = visitor(town.acme.requester), form(town)
    first = client.post("/report/", given)
    before = rows()
    second = client.post("/report/", given)
    assert (first["Location"], rows()) == (second["Location"], before)


def test_anothers_key_is_not_mine(town, visitor):
    given = form(town)
    visitor(town.acme.requester).post("/report/", given)
    visitor(town.acme.colleague).post("/report/", given)
    with scoping.scope(ALL):
        assert Ticket.objects.count() == 2


def test_who_does_not_know_the_service_may_say_so(town, visitor):
    with scoping.scope(ALL):
        cmdb.subscribe(
            town.beta.service, by=town.actor(town.administrator), at=NOON, customer=town.acme.customer
        )
    client = visitor(town.acme.requester)
    assert "I do not know" in client.get("/report/").content.decode()
    client.post("/report/", form(town, service="none"))
    with scoping.scope(ALL):
        assert the_ticket().service is None


def test_files_come_along_and_keep_their_names(town, visitor):
    files = [SimpleUploadedFile("bild.png", PNG), SimpleUploadedFile("log.txt", b"drop\n" * 10)]
    visitor(town.acme.requester).post("/report/", {**form(town), "files": files})
    with scoping.scope(ALL):
        found = list(Attachment.objects.order_by("id").values_list("name", "size", "audience", "message_id"))
        opening = Message.objects.get().pk
    assert found == [("bild.png", 48, "public", opening), ("log.txt", 50, "public", opening)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"what": " "}, "what"),
        ({"what": "x" * 50_001}, "what"),
        ({"title": "x" * 251}, "title"),
        ({"service": "999999"}, "service"),
        ({"who": "4"}, "who"),
        ({"work": ""}, "work"),
        ({"since": "2027-01-01T00:00"}, "since"),
        ({"since": "yesterday"}, "since"),
        ({"form_key": "again"}, "form_key"),
    ],
)
def test_a_mistake_is_said_at_its_field_keeps_the_words_and_makes_nothing(town, visitor, wrong, field):
    client, before = visitor(town.acme.requester), rows()
    answer = client.post("/report/", form(town, **wrong))
    assert (answer.status_code, list(answer.context["form"].errors), rows()) == (422, [field], before)
    assert "<title>Problem:" in answer.content.decode()


def test_characters_that_are_no_text_make_nothing(town, visitor):
    client, before = visitor(town.acme.requester), rows()
    answer = client.post("/report/", form(town, what="null \x00"))
    assert (answer.status_code, rows()) == (400, before)
    assert "characters that are no text" in answer.content.decode()


def test_the_service_of_another_customer_is_no_choice(town, visitor):
    client, before = visitor(town.acme.requester), rows()
    assert "canary-beta" not in client.get("/report/").content.decode()
    answer = client.post("/report/", form(town, service=str(town.beta.service.pk)))
    assert (answer.status_code, rows()) == (422, before)


def test_too_many_files_make_nothing(town, visitor):
    before, files = rows(), [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(11)]
    answer = visitor(town.acme.requester).post("/report/", {**form(town), "files": files})
    assert (answer.status_code, rows()) == (422, before)
    assert "choose your files again" in answer.content.decode()


def test_a_refusal_of_the_rules_leaves_no_file_behind(town, visitor, settings):
    settings.ATTACHMENT_LIMIT = 30
    before, files = rows(), [SimpleUploadedFile("small.txt", b"x"), SimpleUploadedFile("large.png", PNG)]
    kept = stored()
    answer = visitor(town.acme.requester).post("/report/", {**form(town), "files": files})
    assert (answer.status_code, rows(), stored()) == (413, before, kept)
    assert "large.png" in answer.content.decode()


def stored() -> set[str]:
    def walk(folder: str) -> set[str]:
        if not default_storage.exists(folder):
            return set()
        folders, names = default_storage.listdir(folder)
        return {f"{folder}/{one}" for one in names}.union(
            *(walk(f"{folder}/{one}") for one in folders), set()
        )

    return walk("attachments")


def test_what_is_open_already_stands_beside_the_form_first_what_shares_words(town, visitor, fault):
    client = visitor(town.acme.requester)
    assert fault.number in client.get("/report/").content.decode()
    assert fault.number in client.get("/report/similar/", {"what": "the vpn drops again"}).content.decode()
    assert fault.number not in client.get("/report/similar/", {"what": "printer jams"}).content.decode()
    assert fault.number not in visitor(town.acme.colleague).get("/report/").content.decode()


def keep(client, what: str, version: int = 0):
    given = {"fields": {"what": what, "who": "2"}, "version": version}
    return client.put("/report/draft/", json.dumps(given), content_type="application/json")


def test_a_draft_waits_on_every_device_until_it_is_sent_or_discarded(town, visitor):
    client, other_device = visitor(town.acme.requester), visitor(town.acme.requester)
    assert keep(client, "Half a sen").json()["version"] == 1
    page = other_device.get("/report/").content.decode()
    assert "Half a sen" in page
    assert "You go on with the draft of" in page
    assert 'value="2" data-asks="1" required id="id_who_1" checked' in page
    assert "Half a sen" not in visitor(town.acme.colleague).get("/report/").content.decode()
    client.post("/report/draft/", {"discard": "1"})
    assert "Half a sen" not in other_device.get("/report/").content.decode()


def test_without_a_script_a_button_keeps_the_draft_and_sending_ends_it(town, visitor):
    client, given = visitor(town.acme.requester), form(town)
    client.post("/report/draft/", form(town, what="Half a sen"))
    assert "Half a sen" in client.get("/report/").content.decode()
    client.post("/report/", given)
    assert "Half a sen" not in client.get("/report/").content.decode()
    late = {"fields": {"what": "Half a sen"}, "key": given["form_key"]}
    answer = client.put("/report/draft/", json.dumps(late), content_type="application/json")
    assert answer.json() == {"is_sent": True}
    with scoping.scope(ALL, caller=f"user:{town.acme.requester.user.pk}"):
        assert (Ticket.objects.count(), Draft.objects.count()) == (1, 0)


def test_a_draft_that_cannot_be_stored_is_refused_and_the_older_one_stays(town, visitor):
    client = visitor(town.acme.requester)
    keep(client, "Half a sen")
    assert keep(client, "null \x00", 1).status_code == 422
    assert keep(client, "half \ud800", 1).status_code == 422
    assert keep(client, "other window").status_code == 412
    deep = '{"fields":' + "[" * 100_000
    nested = '{"fields": {"what": {"a": 1}}}'
    for body in (
        deep,
        nested,
        '{"body": "x", "key": "null \\u0000"}',
        '{"body": "x", "key": "half \\ud800"}',
    ):
        assert client.put("/report/draft/", body, content_type="application/json").status_code == 400
    assert "Half a sen" in client.get("/report/").content.decode()


def test_what_resembles_most_is_offered_first_and_only_what_is_ones_own(town, visitor):
    with scoping.scope(ALL):
        newest = [
            report(town.acme, title=title) for title in ("Printer jams", "VPN drops daily", "VPN token")
        ]
        theirs = {"requester": town.acme.colleague, "by": town.acme.actor(town.acme.colleague)}
        report(town.acme, title="VPN drops daily too", **theirs)
    shown = visitor(town.acme.requester).get("/report/similar/", {"what": "vpn daily"}).content.decode()
    ours = [one.number for one in (newest[1], newest[2])]
    assert [shown.index(number) for number in ours] == sorted(shown.index(number) for number in ours)
    assert newest[0].number not in shown
    assert shown.count("add/") == 2


def test_a_service_is_guessed_by_words_that_mean_something():
    mail, desk = ConfigurationItem(name="Email and calendar"), ConfigurationItem(name="Workplace")
    assert guessing.service("The scanner beeps and prints nothing", [mail, desk]) is None
    assert guessing.service("My calendar is empty and slow", [mail, desk]) is mail


def test_the_words_of_a_search_are_carried_into_the_form(town, visitor):
    assert (
        "printer jams" in visitor(town.acme.requester).get("/report/", {"q": "printer jams"}).content.decode()
    )


def test_a_login_that_is_nobodys_person_is_told_so_and_reports_nothing(town, visitor):
    client, before = visitor(town.agent), rows()
    assert "not known to any customer" in client.get("/report/").content.decode()
    assert (client.post("/report/", form(town)).status_code, rows()) == (403, before)


def test_the_site_of_the_person_becomes_the_site_of_the_incident(town, visitor):
    with scoping.scope(ALL):
        site = Site.objects.create(customer=town.acme.customer, name="Harbour")
        town.acme.requester.site = site
        town.acme.requester.save()
    visitor(town.acme.requester).post("/report/", form(town))
    with scoping.scope(ALL):
        assert the_ticket().site_id == site.pk


def test_the_service_follows_from_the_words_where_none_was_chosen(town, visitor):
    with scoping.scope(ALL):
        cmdb.subscribe(
            town.beta.service, by=town.actor(town.administrator), at=NOON, customer=town.acme.customer
        )
    client = visitor(town.acme.requester)
    words = "Remote access canary-acme drops"
    assert "Remote access canary-acme" in client.get("/report/similar/", {"what": words}).content.decode()
    client.post("/report/", form(town, what=words, service=""))
    with scoping.scope(ALL):
        assert the_ticket().service == town.acme.service


def test_what_is_known_is_offered_to_be_followed_instead(town, visitor):
    with scoping.scope(ALL):
        for side, title in ((town.acme, "Known to Acme"), (town.beta, "Known to Beta")):
            publishing.publish(
                thread=uuid.uuid4(), title=title, state="identified", text="A cable.", at=NOON,
                customers=[side.customer.pk], services=[side.service.pk],
            )  # fmt: skip
    part = (
        visitor(town.acme.requester)
        .get("/report/similar/", {"what": "remote access is gone"})
        .content.decode()
    )
    assert "Known to Acme" in part
    assert "Follow instead" in part
    assert "Known to Beta" not in part


def test_words_go_to_an_open_request_of_mine_instead_of_a_new_one(town, visitor, fault):
    given = form(town, what="It drops again.")
    answer = visitor(town.acme.requester).post(f"/report/add/{fault.number}/", given)
    assert answer["Location"] == f"/requests/{fault.number}/"
    with scoping.scope(ALL):
        assert Ticket.objects.count() == 1
        assert Message.objects.filter(body="It drops again.").count() == 1
    assert visitor(town.beta.requester).post(f"/report/add/{fault.number}/", given).status_code == 404
