"""The ticks of the ticket core: scheduled holds wake when they should, files nobody took are forgotten."""

import datetime as dt

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from core import time
from customers import scoping
from journal.models import Entry
from tests.places import NOON, World, report
from tickets import actions, tasks
from tickets.models import Ticket, Upload

pytestmark = pytest.mark.django_db

LATER = NOON + dt.timedelta(hours=2)


def schedule(world: World) -> Ticket:
    agent = world.actor(world.agent)
    return actions.hold(report(world.acme), by=agent, at=NOON, reason="scheduled", until=LATER)


def wake_at(instant: dt.datetime) -> int:
    with time.frozen(instant):
        return tasks.wake()


def test_a_scheduled_hold_sleeps_until_its_time(world):
    ticket = schedule(world)
    assert wake_at(LATER - dt.timedelta(seconds=1)) == 0
    assert Ticket.objects.get(pk=ticket.pk).phase == "waiting"


def test_it_wakes_at_the_time_it_was_arranged_for_once(world):
    ticket = schedule(world)
    late = LATER + dt.timedelta(hours=3)
    assert (wake_at(late), wake_at(late)) == (1, 0)
    woken = Ticket.objects.get(pk=ticket.pk)
    assert (woken.phase, woken.hold_until) == ("open", None)
    entry = Entry.objects.get(name="incident.resumed")
    assert (entry.at, entry.data["cause"], entry.actor_label) == (LATER, "until", "Scheduled hold")


def test_a_hold_that_cannot_be_woken_keeps_no_other_asleep(world):
    broken, sound = schedule(world), schedule(world)
    Ticket.objects.filter(pk=broken.pk).update(kind="unknown")
    assert wake_at(LATER) == 1
    assert Ticket.objects.get(pk=sound.pk).phase == "open"


def upload(actor, instant: dt.datetime) -> Upload:
    with scoping.scope((), caller=actor.key):
        return actions.upload(SimpleUploadedFile("log.txt", b"line"), by=actor, at=instant)


def test_files_that_no_message_took_are_forgotten_after_a_day_whosoever_they_are(world):
    agent, requester = world.actor(world.agent), world.actor(world.acme.requester)
    old = [upload(agent, NOON), upload(requester, NOON)]
    fresh = upload(agent, NOON + dt.timedelta(hours=20))
    with time.frozen(NOON + dt.timedelta(hours=25)):
        assert tasks.drop_unclaimed_uploads() == 2
        assert tasks.drop_unclaimed_uploads() == 0
    assert [default_storage.exists(one.storage_key) for one in [*old, fresh]] == [False, False, True]
    with scoping.scope((), caller=agent.key):
        assert list(Upload.objects.values_list("pk", flat=True)) == [fresh.pk]


def test_the_sweep_of_files_sees_no_upload_itself(world):
    upload(world.actor(world.agent), NOON)
    assert Upload.objects.count() == 0


def test_a_reminder_goes_out_once_however_often_the_tick_comes(world):
    agent = world.actor(world.agent)
    ticket = actions.hold(report(world.acme), by=agent, at=NOON, reason="customer", message="Which one?")

    def chase_at(instant: dt.datetime) -> int:
        with time.frozen(instant):
            return tasks.chase()

    due = ticket.chase_at
    assert (chase_at(due - dt.timedelta(seconds=1)), chase_at(due), chase_at(due)) == (0, 1, 0)
    entry = Entry.objects.get(name="incident.chased")
    assert (entry.data["reminder"], entry.actor_label) == (1, "Reminder")
