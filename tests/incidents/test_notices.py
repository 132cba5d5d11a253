"""What is published to one customer is read by that customer alone; what is published to all, by all."""

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from customers import scoping
from incidents.major import publishing
from incidents.models import NoticeService, StatusNotice
from tests.places import NOON, World

pytestmark = pytest.mark.django_db


def put_out(world: World, customers, **more):
    given = {
        "thread": uuid.uuid4(), "title": "Remote access is down", "state": "investigating",
        "text": "We are looking into it.", "at": NOON, "services": [world.acme.service.pk, world.beta.service.pk],
    }  # fmt: skip
    return publishing.publish(customers=customers, **{**given, **more})


def test_a_customer_reads_its_own_notices_and_those_to_all_and_never_another_customers(world: World):
    acme, beta = world.acme.customer.pk, world.beta.customer.pk
    put_out(world, [acme, beta], text="To the two")
    put_out(world, [beta], text="To Beta alone")
    put_out(world, None, text="To all")
    actor = world.actor(world.acme.requester)
    assert {one.text for one in StatusNotice.visible(actor, acme)} == {"To the two", "To all"}
    assert {one.text for one in StatusNotice.visible(actor, beta)} == {"To all"}
    with scoping.scope([acme]):
        assert {one.text for one in StatusNotice.objects.all()} == {"To the two", "To all"}
        assert set(NoticeService.objects.values_list("customer_id", flat=True)) == {acme, None}
    assert [one.text for one in StatusNotice.objects.for_the_world()] == ["To all"]


def test_a_notice_names_only_services_that_its_customer_takes(world: World):
    (notice,) = put_out(world, [world.acme.customer.pk])
    assert list(notice.about.values_list("service_id", flat=True)) == [world.acme.service.pk]
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeService.objects.create(
            customer=world.acme.customer, notice=notice, service=world.beta.service
        )  # fmt: skip


def test_the_database_keeps_a_customers_notice_from_the_world_and_a_published_word_as_it_is(world: World):
    (notice,) = put_out(world, [world.acme.customer.pk])
    with pytest.raises(IntegrityError), transaction.atomic():
        StatusNotice.objects.create(
            customer=world.acme.customer, thread=uuid.uuid4(), title="t", state="resolved", text="t",
            audience="world", published_at=NOON,
        )  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        StatusNotice.objects.filter(pk=notice.pk).update(text="It never happened")


def test_the_last_word_of_each_disturbance_stands_until_a_day_after_its_end(world: World):
    acme, thread = world.acme.customer.pk, uuid.uuid4()
    put_out(world, [acme], thread=thread, text="first")
    put_out(world, [acme], thread=thread, text="second", state="resolved", at=NOON + dt.timedelta(hours=1))
    put_out(world, [acme], text="goes on")
    own = StatusNotice.objects.for_customer(acme)
    assert [one.text for one in own.current(NOON + dt.timedelta(hours=2))] == ["second", "goes on"]
    assert [one.text for one in own.current(NOON + dt.timedelta(days=2))] == ["goes on"]
    assert [one.text for one in own.published(NOON)] == ["goes on", "first"]
