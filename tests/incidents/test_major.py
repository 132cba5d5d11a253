"""A major incident from its declaration to its review, as decision 13 says."""

import datetime as dt

import pytest

from core import errors, time
from core.actor import ALL
from customers import scoping
from incidents.major import queries, settings_actions, sweep
from incidents.models import MajorIncident, MajorUpdate, StatusNotice, TopManager
from journal import relay
from journal.models import Entry
from notifications.models import Message as Mail
from slas import queries as clocks
from slas import standards
from tests.incidents.major import child, declared, detail, do, name_top_management
from tests.places import NOON, SYSTEM, World, report
from tickets import verbs
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)


def names(ticket: Ticket) -> list[str]:
    found = Entry.objects.about(ticket.kind, ticket.pk).order_by("id").values_list("name", flat=True)
    return [one.removeprefix("incident.") for one in found]


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def watched(at: dt.datetime) -> int:
    with time.frozen(at), scoping.scope(ALL):
        return sweep.watch(SYSTEM)


def test_declaring_stores_the_procedure_tells_everybody_and_promises_the_next_news(world: World):
    ticket = declared(world, lead=str(world.lead.email))
    major = detail(ticket)
    assert (ticket.is_major, ticket.state, ticket.update_due_at) == (True, "in_progress", NOON + HOUR)
    assert (major.stage, major.procedure_version, major.lead) == ("declared", 1, world.lead)
    assert major.lead_due_at == NOON + 15 * MINUTE
    assert names(ticket) == ["opened", "replied", "noted", "major_declared", "major_roles_given"]
    assert sorted(MajorUpdate.objects.values_list("audience", flat=True)) == ["desk", "management", "public"]
    (notice,) = StatusNotice.objects.all()
    assert (notice.customer_id, notice.state, notice.title) == (
        world.acme.customer.pk,
        "investigating",
        f"Disturbance of {world.acme.service.name}",
    )


def test_without_anybody_of_top_management_it_is_refused_and_nothing_changes(world: World):
    ticket = report(world.acme)
    with pytest.raises(errors.Invalid, match="top management"):
        do(world, ticket, "declare_major")
    assert not fresh(ticket).is_major
    assert (names(ticket), MajorIncident.objects.count(), StatusNotice.objects.count()) == (["opened"], 0, 0)


def test_the_last_of_top_management_stays_on_the_list(world: World):
    name_top_management(world)
    row = TopManager.objects.get()
    with pytest.raises(errors.Invalid, match="may not be empty"):
        settings_actions.change_top_manager(row, by=SYSTEM, at=NOON, fields={"is_active": False})
    settings_actions.create_top_manager(TopManager(user=world.lead), by=SYSTEM, at=NOON)
    settings_actions.change_top_manager(row, by=SYSTEM, at=NOON, fields={"is_active": False})
    assert queries.top_management() == [world.lead]


def test_a_new_procedure_is_a_version_and_what_was_declared_keeps_its_own(world: World):
    ticket = declared(world)
    settings_actions.change_procedure({"interval_seconds": 1800}, by=SYSTEM, at=NOON, reason="Twice as often")
    assert queries.procedure().version == 2
    assert queries.procedure_of(detail(ticket)).version == 1
    assert detail(ticket).interval_seconds == 3600


def test_who_resolves_it_does_not_lead_it(world: World):
    name_top_management(world)
    ticket = do(world, report(world.acme), "assign", assignee=world.lead.email)
    with pytest.raises(errors.Invalid, match="somebody else leads"):
        do(world, ticket, "declare_major", lead=world.lead.email)
    do(world, ticket, "declare_major")
    with pytest.raises(errors.Invalid, match="somebody else leads"):
        do(world, ticket, "give_roles", lead=world.lead.email)
    do(world, ticket, "give_roles", lead=world.agent.email, technical=world.lead.email)
    assert (detail(ticket).lead, detail(ticket).technical) == (world.agent, world.lead)


def test_a_missing_lead_is_said_once_after_fifteen_minutes(world: World):
    ticket = declared(world)
    assert watched(NOON + 15 * MINUTE) == 0
    assert watched(NOON + 16 * MINUTE) == 1
    assert watched(NOON + 17 * MINUTE) == 0
    (entry,) = Entry.objects.filter(name="incident.major_lead_missing")
    assert (entry.subject_id, entry.at, entry.data["late_seconds"]) == (ticket.pk, NOON + 15 * MINUTE, 60)


def test_a_lead_who_got_the_work_himself_is_missing(world: World):
    ticket = declared(world, lead=world.lead.email)
    do(world, ticket, "assign", assignee=world.lead.email)
    assert watched(NOON + 16 * MINUTE) == 1


def test_news_that_did_not_come_is_said_once_for_each_promise(world: World):
    ticket = declared(world, lead=world.lead.email)
    assert watched(NOON + HOUR) == 0
    assert watched(NOON + HOUR + MINUTE) == 1
    assert watched(NOON + HOUR + 2 * MINUTE) == 0
    do(world, ticket, "post_update", at=NOON + HOUR + 3 * MINUTE, desk="Still on it.")
    assert fresh(ticket).update_due_at == NOON + 2 * HOUR + 3 * MINUTE
    assert watched(NOON + 2 * HOUR) == 0
    assert watched(NOON + 3 * HOUR) == 1


def test_an_update_reaches_linked_requesters_and_is_their_first_response(world: World):
    standards.best_effort(by=SYSTEM, at=NOON)
    parent = declared(world)
    other = child(world, parent)
    at = NOON + 10 * MINUTE
    do(world, parent, "post_update", at=at, public="A line is cut.", stage="identified")
    said = Message.objects.filter(ticket=other, audience="public", kind="reply").get()
    assert (said.body, said.is_from_customer, said.is_human) == ("A line is cut.", False, True)
    response = next(one for one in clocks.timers_of(other) if one.metric == "first_response")
    assert (response.state, response.stopped_at) == ("stopped", at)
    assert (fresh(other).state, fresh(other).is_major) == ("new", False)
    entry = Entry.objects.get(name="incident.update_posted")
    assert (entry.data["told"], entry.data["children"], entry.data["audiences"]) == (2, 1, ["public"])


def test_each_customer_reads_its_own_notice_and_nothing_of_the_ticket(world: World):
    parent = declared(world)
    child(world, parent)
    do(world, parent, "post_update", public="A line is cut.", stage="identified")
    with scoping.scope([world.beta.customer.pk]):
        (notice,) = StatusNotice.objects.all()
        assert (notice.text, notice.state, notice.customer_id) == (
            "A line is cut.",
            "identified",
            world.beta.customer.pk,
        )
        assert parent.number not in f"{notice.title} {notice.text} {notice.thread}"
        assert MajorIncident.objects.count() == MajorUpdate.objects.count() == 0


def test_words_to_the_desk_and_to_top_management_never_reach_a_customer(world: World):
    parent = declared(world)
    do(world, parent, "post_update", desk="Fuse B is gone", management="It will be expensive")
    reader = world.actor(world.acme.requester)
    assert (
        not Message.objects.visible_to(reader)
        .filter(body__in=["Fuse B is gone", "It will be expensive"])
        .exists()
    )
    assert StatusNotice.objects.count() == 1
    assert not Entry.objects.visible_to(reader).filter(name__contains="update_posted").exists()


def test_a_word_to_everybody_needs_somebody_who_works_for_everybody(world: World):
    name_top_management(world)
    ticket, small = report(world.acme), world.actor(world.acme.agent)
    with pytest.raises(errors.Forbidden, match="works for every customer"):
        verbs.run(ticket, "declare_major", {"reach": "everyone"}, by=small, at=NOON)
    declared_to_all = do(world, ticket, "declare_major", reach="everyone")
    (notice,) = StatusNotice.objects.all()
    assert (notice.customer_id, notice.audience, declared_to_all.is_major) == (None, "world", True)


def test_it_is_never_on_hold_and_declaring_ends_a_hold(world: World):
    name_top_management(world)
    held = do(world, report(world.acme), "hold", reason="customer", message="Which version?")
    ticket = do(world, held, "declare_major")
    assert (ticket.state, ticket.hold_kind) == ("in_progress", "")
    assert "resumed" in names(ticket)
    with pytest.raises(errors.Invalid, match="never put on hold"):
        do(world, ticket, "hold", reason="customer", message="Which version?")


def test_withdrawing_needs_a_reason_and_tells_those_who_were_told(world: World):
    ticket = declared(world)
    with pytest.raises(errors.Invalid):
        do(world, ticket, "withdraw_major")
    ticket = do(world, ticket, "withdraw_major", reason="One user only")
    assert (ticket.is_major, ticket.update_due_at) == (False, None)
    assert detail(ticket).withdraw_reason == "One user only"
    assert StatusNotice.objects.order_by("-id")[0].state == "resolved"
    assert list(queries.open_now(world.actor(world.agent))) == []
    again = do(world, ticket, "declare_major")
    assert (again.is_major, detail(again).withdrawn_at) == (True, None)


def test_it_is_not_cancelled_but_withdrawn_first(world: World):
    ticket = declared(world)
    with pytest.raises(errors.Invalid, match="withdraw that first"):
        do(world, ticket, "cancel", reason="Mistake")


def test_it_is_not_closed_without_report_and_review(world: World):
    ticket = declared(world)
    do(world, ticket, "record_decision", text="Reroute by way of Basel")
    do(world, ticket, "resolve", at=NOON + HOUR, code="fixed", note="Rerouted.")
    assert (detail(ticket).stage, fresh(ticket).update_due_at) == ("resolved", None)
    assert StatusNotice.objects.order_by("-id")[0].state == "resolved"
    with pytest.raises(errors.Invalid, match="report and its review"):
        do(world, ticket, "close")
    with pytest.raises(errors.Invalid, match="Write the report"):
        do(world, ticket, "review_major", findings="One line only")
    do(world, ticket, "report_major", report="Line cut at noon.", cause="An excavator")
    with pytest.raises(errors.Invalid, match="after its review"):
        do(world, ticket, "close")
    do(world, ticket, "review_major", findings="One line only", actions="Order a second line")
    assert (detail(ticket).stage, detail(ticket).reviewer) == ("review", world.agent)
    assert do(world, ticket, "close").state == "closed"


def test_a_usual_incident_is_closed_as_ever_and_has_no_verb_of_a_major_one(world: World):
    ticket = report(world.acme)
    with pytest.raises(errors.Invalid, match="no major incident"):
        do(world, ticket, "post_update", public="Hello")
    do(world, ticket, "resolve", code="fixed", note="Done")
    assert do(world, ticket, "close").state == "closed"


def test_reopening_goes_on_with_it_and_owes_news_again(world: World):
    ticket = declared(world)
    do(world, ticket, "resolve", at=NOON + HOUR, code="fixed", note="Rerouted.")
    do(world, ticket, "reopen", at=NOON + 2 * HOUR)
    assert (detail(ticket).stage, fresh(ticket).update_due_at) == ("declared", NOON + 3 * HOUR)


def test_linked_tickets_are_counted_as_far_as_one_sees_them(world: World):
    parent = declared(world)
    child(world, parent)
    child(world, parent, world.acme)
    agent, small = world.actor(world.agent), world.actor(world.acme.agent)
    assert queries.count_children([parent.pk], agent) == {parent.pk: 2}
    assert queries.count_children([parent.pk], small) == {parent.pk: 1}


def test_top_management_hears_of_the_beginning_every_update_and_the_end(world: World):
    ticket = declared(world, lead=world.lead.email)
    do(world, ticket, "post_update", at=NOON + MINUTE, public="A line is cut.")
    do(world, ticket, "post_update", at=NOON + 2 * MINUTE, management="It will cost a day.")
    do(world, ticket, "resolve", at=NOON + HOUR, code="fixed", note="Rerouted.")
    with time.frozen(dt.datetime.now(dt.UTC) + MINUTE):
        relay.work_off(SYSTEM, limit=500)
    told = Mail.objects.filter(address=world.auditor.email).order_by("created_at", "id")
    assert [one.subject.split("] ")[1].split(": ")[0] for one in told.order_by("entry_id")] == [
        "Major incident",
        "Major incident, update",
        "Major incident, resolved",
    ]
    assert "It will cost a day." in told.order_by("entry_id")[1].text
    to_lead = Mail.objects.filter(address=world.lead.email, subject__contains="Your role")
    assert to_lead.count() == 1
