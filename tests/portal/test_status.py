"""How the services are: the line on each page, the status page, its public version, its twin, mails to followers."""

import datetime as dt
import re
import uuid
from pathlib import Path

from django.conf import settings
from django.core import mail
from django.test import Client

from accounts import portal_actions
from accounts.models import Portal
from core import time
from core.actor import ALL
from customers import scoping
from incidents.major import publishing
from incidents.models import StatusSubscription
from portal import following, twin
from tests.places import NOON, SYSTEM


def put_out(town, customers, *, title="Remote access is down", state="investigating", thread=None, ago=0):
    services = [town.acme.service.pk, town.beta.service.pk]
    with scoping.scope(ALL):
        return publishing.publish(
            thread=thread or uuid.uuid4(), title=title, state=state, text="We are on it.", customers=customers,
            services=services, at=NOON - dt.timedelta(hours=ago), next_update_at=NOON + dt.timedelta(hours=1),
        )  # fmt: skip


def make_public(side) -> None:
    with scoping.scope(ALL):
        row = Portal(customer=side.customer, status_is_public=True)
        portal_actions.create_portal(row, by=SYSTEM, at=NOON)


def test_the_status_line_stands_only_while_something_is_wrong_and_only_with_ones_own_notices(town, visitor):
    client = visitor(town.acme.requester)
    assert 'class="stat"' not in client.get("/").content.decode()
    thread = uuid.uuid4()
    put_out(town, [town.acme.customer.pk], thread=thread)
    put_out(town, [town.beta.customer.pk], title="Beta only")
    page = client.get("/").content.decode()
    assert "Remote access is down." in page
    assert "We are on it. Next update at 13:00." in page
    assert "Beta only" not in page + client.get("/portal/status/").content.decode()
    with time.frozen(NOON + dt.timedelta(minutes=1)):
        put_out(town, [town.acme.customer.pk], thread=thread, state="resolved")
        assert 'class="stat"' not in client.get("/").content.decode()


def test_the_status_page_says_how_each_service_is_and_was(town, visitor):
    put_out(town, [town.acme.customer.pk], thread=(thread := uuid.uuid4()), ago=72)
    page = visitor(town.acme.requester).get("/portal/status/").content.decode()
    assert town.acme.service.name in page
    assert town.beta.service.name not in page
    assert "86 of 90 days without a disturbance" in page
    put_out(town, [town.acme.customer.pk], thread=thread, state="resolved")
    assert "All services run." in visitor(town.acme.requester).get("/portal/status/").content.decode()


def test_the_public_page_shows_what_the_world_may_read_of_who_declared_it_and_nothing_else(town):
    put_out(town, [town.acme.customer.pk], title="For Acme alone")
    put_out(town, None, title="Mail is slow everywhere")
    assert Client().get("/status/acme/").status_code == 404
    make_public(town.acme)
    page = Client().get("/status/acme/").content.decode()
    assert "Mail is slow everywhere" in page
    assert "For Acme alone" not in page
    assert "<script" not in page
    assert Client().get("/status/beta/").status_code == 404
    assert Client().get("/status/beta/look.css").status_code == 404


def test_the_twin_is_plain_files_and_goes_when_the_page_is_public_no_more(town):
    make_public(town.acme)
    put_out(town, None, title="Mail is slow everywhere")
    assert twin.write() == 1
    home = Path(settings.LOCAL_DIR) / "status" / "acme"
    page = (home / "index.html").read_text()
    assert "Mail is slow everywhere" in page
    assert re.findall(r'(?:href|src)="(?!#|mailto)([^"]+)"', page) == ["app.css", "look.css"]
    assert sorted(one.name for one in home.iterdir()) == ["app.css", "index.html", "look.css"]
    with scoping.scope(ALL):
        portal_actions.change_portal(
            Portal.objects.get(), by=SYSTEM, at=NOON, fields={"status_is_public": False}
        )
    assert twin.write() == 0
    assert not home.exists()


def test_who_follows_by_mail_said_so_twice_is_told_once_and_leaves_by_a_button(town):
    make_public(town.acme)
    stranger = Client()
    for address in ("ines@elsewhere.example", "requester@acme.example"):
        page = stranger.post("/status/acme/follow/", {"email": address}).content.decode()
        assert "a mail with a link is on its way" in page
    link = re.search(r"https?://[^/]+(/status/confirm/[^\s]+)", mail.outbox[0].body)[1]
    assert stranger.get(link).status_code == 200
    with scoping.scope(ALL):
        assert StatusSubscription.objects.count() == 0
    stranger.post(link)
    stranger.post(link)
    with scoping.scope(ALL):
        assert [one.email for one in StatusSubscription.objects.all()] == ["ines@elsewhere.example"]
    put_out(town, [town.acme.customer.pk], title="For Acme alone")
    put_out(town, None, title="Mail is slow everywhere")
    mail.outbox.clear()
    assert (following.tell_followers(), following.tell_followers()) == (1, 0)
    assert [one.subject for one in mail.outbox] == ["Investigating: Mail is slow everywhere"]
    leave = re.search(r"https?://[^/]+(/status/stop/[^\s]+)", mail.outbox[0].body)[1]
    assert stranger.get(leave).status_code == 200
    with scoping.scope(ALL):
        assert StatusSubscription.objects.count() == 1
    stranger.post(leave)
    with scoping.scope(ALL):
        assert StatusSubscription.objects.count() == 0
    assert stranger.get("/status/confirm/forged/").status_code == 404


def test_an_address_is_written_to_three_times_an_hour_at_most(town):
    make_public(town.acme)
    answers = {Client().post("/status/acme/follow/", {"email": "victim@x.example"}).content for _ in range(5)}
    assert len(mail.outbox) == 3
    assert len({re.sub(rb"[\w-]{60,}", b"", one) for one in answers}) == 1


def test_a_signed_in_person_follows_with_one_press(town, visitor):
    client = visitor(town.acme.requester)
    client.post("/portal/status/follow/", {})
    put_out(town, [town.acme.customer.pk], title="For Acme alone")
    put_out(town, [town.beta.customer.pk], title="For Beta alone")
    assert following.tell_followers() == 1
    assert [one.to for one in mail.outbox] == [["requester@acme.example"]]
    client.post("/portal/status/follow/", {"stop": "1"})
    with scoping.scope(ALL):
        assert StatusSubscription.objects.count() == 0
