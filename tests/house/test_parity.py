"""One rule, two doors: the same input by page and by REST leaves the same state, entries and refusals."""

import datetime as dt

import pytest
from django.test import Client

from accounts import actors, tokens
from automation.models import Macro
from core import time
from customers import ALL, scope
from journal.models import Entry
from tests.house.test_permissions import OURS, VERBS, filled, in_state
from tests.places import NOON, World, build_world, report
from tickets import actions, processes
from tickets.models import PendingSend, Ticket

# What each state refuses: a verb that leads nowhere from there, and what is then said.
REFUSALS = {
    "resolve without a text": ("in_progress", "resolve", {"code": "fixed"}, 422),
    "resolve with a code that is none": ("in_progress", "resolve", {"code": "magic", "note": "x"}, 400),
    "close what is not resolved": ("in_progress", "close", {}, 409),
    "accept what is accepted": ("in_progress", "accept", {}, 409),
    "wait for the customer without a question": ("new", "hold", {"reason": "with-customer"}, 422),
    "wait until yesterday": ("new", "hold", {"reason": "scheduled", "until": "2020-01-01T09:00:00Z"}, 422),
    "cancel without a reason": ("in_progress", "cancel", {}, 422),
}


class Doors:
    """The same agent at both doors, each with a ticket of its own in the same state."""

    def __init__(self, state: str):
        with time.frozen(NOON), scope(ALL):
            self.world: World = build_world()
            self.by_page, self.by_rest = in_state(self.world, state), in_state(self.world, state)
            report(self.world.acme, title="The one that stays")
            secret = tokens.issue(self.world.agent, name="t", scopes=["write"], at=NOON)[1]
        self.browser, self.program = Client(HTTP_HOST="localhost"), Client(HTTP_HOST="localhost")
        self.browser.force_login(self.world.agent)
        self.bearer = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}

    def page(self, verb: str, raw: dict) -> int:
        number, raw = self.by_page.number, self._filled(raw, self.by_page)
        tail = f"{verb}/" if verb in ("reply", "note") else f"do/{verb}/"
        with time.frozen(NOON):  # a merge is undone within a day, a solution reopened within a week
            status = self.browser.post(f"/desk/tickets/{number}/{tail}", self._as_form(raw)).status_code
        self._send_what_waits()
        return status

    def _send_what_waits(self) -> None:
        """A reply by page leaves after some seconds, one by program at once."""
        with scope(ALL, caller=f"user:{self.world.agent.pk}"):
            for one in PendingSend.objects.all():
                actions.send_now(one.pk, by=self.world.actor(self.world.agent), at=dt.datetime.now(dt.UTC))

    def rest(self, verb: str, raw: dict) -> int:
        raw = self._filled(raw, self.by_rest)
        address = f"/api/v1/incidents/{self.by_rest.number}/actions/{verb}/"
        with time.frozen(NOON):
            return self.program.post(address, raw, "application/json", **self.bearer).status_code

    def _filled(self, raw: dict, ticket: Ticket) -> dict:
        with scope(ALL):
            return filled(raw, ticket)

    def _as_form(self, raw: dict) -> dict:
        form = dict(raw)
        if form.get("to") == "team_lead":
            form["to"] = "role:team_lead"
        if "assignee" in form:
            form["assignee"] = str(self.world.agent.pk)
        if "lead" in form:
            form["lead"] = str(self.world.lead.pk)
        if "macro" in form:
            with scope(ALL):
                form["macro"] = str(Macro.objects.get(name=form["macro"]).pk)
        if "supplier" in form:
            form["supplier"] = str(self.world.supplier.pk)
        if "until" in form:
            form["until"] = form["until"].removesuffix(":00Z")
        if "seconds" in form:
            form["seconds"] = str(form["seconds"] // 60)
        return form

    def left(self) -> list[tuple]:
        """For each ticket: its state, who has it, and the names of its entries."""
        with scope(ALL, compartments=actors.system("tests").compartments):
            return [
                (row.state, row.phase, row.assignee_id, row.hold_kind, row.version, self._names(row))
                for row in Ticket.objects.filter(pk__in=[self.by_page.pk, self.by_rest.pk]).order_by("id")
            ]

    def _names(self, row: Ticket) -> list[str]:
        return list(Entry.objects.about(row.kind, row.pk).order_by("id").values_list("name", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("verb", sorted(OURS))
def test_a_verb_leaves_the_same_behind_through_both_doors(verb: str):
    state, raw = VERBS[verb]
    doors = Doors(state)
    before = doors.left()
    assert doors.page(verb, raw) == 302
    assert doors.rest(verb, raw) == 200
    by_page, by_rest = doors.left()
    assert by_page == by_rest != before[0]


@pytest.mark.django_db
@pytest.mark.parametrize("case", REFUSALS)
def test_a_refusal_changes_nothing_through_either_door(case: str):
    state, verb, raw, status = REFUSALS[case]
    doors = Doors(state)
    before = doors.left()
    assert doors.rest(verb, raw) == status
    assert doors.page(verb, raw) in (status, 422)  # a form says "choose from the list" itself
    assert doors.left() == before


def test_every_verb_of_every_process_is_tried_here():
    own = {verb for process in processes.every() for verb in process.workflow.transitions}
    assert own - VERBS.keys() == {"change", "link", "watch", "involve"}  # pages and resources of their own
