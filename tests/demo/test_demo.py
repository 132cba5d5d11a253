"""The demo: a believable desk on the first start, told by its seed, silent, and gone without a trace."""

import datetime as dt
import io
import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import F
from django.test import Client

from accounts import actors
from accounts.models import Compartment, Grant, ServiceAccount, User
from accounts.roles import Role
from automation.models import Macro, Rule, Schedule
from core import time
from core.actor import ALL
from customers import scoping
from customers.models import Customer, Ownership
from incidents import sample
from incidents.models import MajorIncident
from jobs import actions as jobs
from jobs import tasks
from jobs.models import Job
from journal.models import Delivery, Entry
from notifications import reading
from notifications.models import Message
from slas.models import Timer
from slas.rehearsal import running
from slas.rehearsal.whatif import WhatIf
from tests.places import NOON
from tickets.models import FieldValue, Handover, Link, SavedView, Ticket, TicketTask, TimeEntry

SHARE = 0.1


def load(**options) -> str:
    out = io.StringIO()
    with time.frozen(NOON):
        call_command("demo", share=SHARE, stdout=out, **options)
    return out.getvalue()


def story() -> list[tuple]:
    """What a reader would notice: who, what, when, and how it stands."""
    with scoping.scope(ALL):
        told = Ticket.objects.order_by("id").values_list(
            "title", "customer__slug", "state", "opened_at", "due_at"
        )
        return list(told)


@pytest.fixture
def loaded(committing_db: str) -> str:
    """A tenth of the demo, in a database of its own."""
    return load()


def test_a_tenth_of_it_is_believable_silent_and_can_be_taken_away(
    loaded: str, product_environment: dict[str, str]
):
    with time.frozen(NOON), scoping.scope(ALL) as here:
        _has_a_provider_six_customers_and_every_role()
        _has_tickets_of_every_state_and_a_queue(here.at)
        _shows_every_part_at_work()
        _sends_nothing(here.at)
        _dates_everything_in_its_own_time(here.at)
        _is_judged_by_a_rehearsal_as_by_its_clocks(here.at)
    _names_its_people()
    with pytest.raises(CommandError, match="The demo is loaded already"):
        load()
    before = story()
    _can_be_taken_away(product_environment)
    assert "There are no sample customers" in _command(product_environment, "demo", "--remove")
    _is_loaded_by_a_button()
    told, again = (
        before,
        story(),
    )  # an installation that was begun has a best-effort agreement of its own: not `due_at`
    assert [one[:4] for one in again] == [one[:4] for one in told]
    _leaves_no_clock_running_when_the_button_takes_it_away()


def _has_a_provider_six_customers_and_every_role() -> None:
    customers = Customer.objects.all()
    assert [one.slug for one in customers.filter(is_provider=True)] == ["calder-it"]
    assert customers.filter(is_provider=False, is_sample=True).count() == 6
    assert len(set(customers.filter(is_provider=False).values_list("time_zone", flat=True))) == 3
    assert set(Grant.objects.values_list("role", flat=True)) == set(Role.values)


def _has_tickets_of_every_state_and_a_queue(now) -> None:
    tickets = Ticket.objects.all()
    assert set(tickets.values_list("state", flat=True)) >= {
        "new",
        "in_progress",
        "on_hold",
        "resolved",
        "closed",
    }
    assert not tickets.filter(opened_at__gt=now).exists()
    assert not tickets.filter(phase="open", due_at=None).exists()
    assert tickets.filter(phase="open", due_at__lt=now).exists()
    assert tickets.filter(phase="open", due_at__gt=now).exists()


def _shows_every_part_at_work() -> None:
    major = MajorIncident.objects.select_related("ticket").get()
    assert (major.ticket.state, major.stage) == ("closed", "review")
    assert Link.objects.filter(kind="child_of", other=major.ticket).count() == 2
    assert Link.objects.filter(kind="duplicate_of").count() == 1
    assert (TicketTask.objects.count(), TimeEntry.objects.count()) == (2, 1)
    assert FieldValue.objects.count() == 2
    assert Handover.objects.get().accepted_at is not None
    assert (Macro.objects.count(), Rule.objects.filter(is_on=False).count()) == (6, 5)
    assert Schedule.objects.get().is_on is False
    assert SavedView.objects.count() == 2
    mine = Ticket.objects.filter(assignee__email="sofia.keller@calder-it.example", title__startswith="Lesson")
    assert mine.count() == 4
    with scoping.scope(ALL, compartments=[0, *Compartment.objects.values_list("id", flat=True)]):
        assert Ticket.objects.exclude(compartment=0).count() == 1


def _sends_nothing(now) -> None:
    assert set(Message.objects.values_list("state", flat=True)) == {"stored"}
    assert not Message.objects.filter(created_at__gt=now).exists()
    assert not Delivery.objects.exclude(state="done").exists()
    assert not Timer.objects.filter(next_at__lt=now).exists()


def _dates_everything_in_its_own_time(now) -> None:
    breached = Timer.objects.exclude(breached_at=None)
    assert breached.exists()
    assert not breached.exclude(breached_at=F("due_at")).filter(state="running").exists()
    late = [one.data["late_seconds"] for one in Entry.objects.filter(name__startswith="sla.")]
    assert max(late) < 15
    assert not Entry.objects.filter(at__gt=now).exists()


def _is_judged_by_a_rehearsal_as_by_its_clocks(now) -> None:
    by = actors.system("Rehearsal")
    asked = WhatIf(first_on=now.date() - dt.timedelta(days=40), last_on=now.date(), percent=50)
    with scoping.scope(ALL, compartments=by.compartments, caller=by.key):
        job = jobs.claim(running.start(asked, by=by, at=now).pk, at=now)
        result = running.run(job, by)
    assert result["tickets"] == job.total > 30
    assert result["compared"] > 60
    assert (result["differing"], result["agreed"]) == ([], result["compared"])


def _names_its_people() -> None:
    path = Path(settings.LOCAL_DIR) / "demo_people.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    people = json.loads(path.read_text())
    assert {one["role"] for one in people} == {*Role.values, "supplier"}
    assert len({one["customer"] for one in people if one["role"] == "requester"}) == 6
    for one in people:
        assert User.objects.get(email=one["email"]).check_password(one["password"])


def _can_be_taken_away(environment: dict[str, str]) -> None:
    said = _command(environment, "demo", "--remove")
    assert "Erased: 7 sample customers" in said
    with scoping.scope(ALL):
        left = {
            model._meta.db_table: count
            for model in apps.get_models(include_auto_created=True)
            if getattr(model, "ownership", None) in (Ownership.OWNED, Ownership.SHARED)
            if (count := model._base_manager.count())
        }
    assert left == {}
    assert User.objects.count() == 0
    assert [one.objects.count() for one in (SavedView, Compartment, ServiceAccount)] == [0, 0, 0]


def _is_loaded_by_a_button() -> None:
    """An administrator of a fresh installation asks for it; the worker loads it as his job."""
    call_command("begin", email="ada@example.com", stdout=io.StringIO())
    browser = Client()
    browser.force_login(ada := User.objects.get())
    assert "/desk/settings/sample/load/" in browser.get("/desk/settings/").text
    with time.frozen(NOON):
        with scoping.scope(ALL, caller=f"user:{ada.pk}") as here:
            job = sample.load(by=actors.of_user(ada), at=here.at, share=SHARE)
        tasks.work(job.pk, job.caller)
    page = browser.get("/desk/settings/sample/load/").text
    assert "demo_people.json" in page
    assert "Done" in page
    assert browser.post("/desk/settings/sample/load/").status_code == 409
    with scoping.scope(ALL, caller=f"user:{ada.pk}"):
        assert Job.objects.get().done > 100


def _leaves_no_clock_running_when_the_button_takes_it_away() -> None:
    browser = Client()
    browser.force_login(User.objects.get(email="ada@example.com"))
    assert browser.post("/desk/settings/sample/").status_code == 302
    with scoping.scope(ALL, compartments=actors.system("tests").compartments):
        ours = Ticket.objects.filter(customer__is_sample=True)
        assert not ours.filter(phase__in=["open", "waiting"]).exists()
        assert not Timer.objects.filter(state__in=["running", "paused"]).exists()
        ended = Entry.objects.filter(name="incident.cancelled", actor_label="Sample data")
        assert ended.count() > 5
        before = Message.objects.count()
        for entry in ended:
            reading.read(entry)
        assert Message.objects.count() == before


def _command(environment: dict[str, str], *arguments: str) -> str:
    connection.close()
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=settings.BASE_DIR, env=environment, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    return done.stdout


def test_the_first_start_of_an_installation_with_customers_loads_nothing(committing_db: str):
    with scoping.scope(ALL):
        Customer.objects.create(slug="own", name="Own")
    assert load(first_start=True) == "There are customers already: the demo was not loaded.\n"
    with scoping.scope(ALL):
        assert Ticket.objects.count() == 0
