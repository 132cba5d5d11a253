"""The team board, and handing several tickets over in one deed, with a way back."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import absences, rota_actions
from accounts import actions as accounts
from accounts.models import Membership, Rota, User
from accounts.roles import Role
from core import time
from journal.models import Entry
from notifications.models import Message
from tests.house.test_costs import FREE
from tests.notifications.post import deliver
from tests.places import NOON, SYSTEM, World, report
from tickets import actions as common
from tickets.models import Ticket

BOARD, REBALANCE = "/desk/teams/service-desk/", "/desk/teams/service-desk/rebalance/"
ON_CALL = "/desk/teams/service-desk/on-call/"
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def lead(world: World, client: Client) -> Client:
    client.force_login(world.lead)
    return client


def give(world: World, ticket: Ticket, who: User) -> Ticket:
    return common.assign(ticket, by=world.actor(world.lead), at=NOON, assignee=who)


def absent(world: World, who: User, deputy: User | None = None) -> None:
    days = {"from_on": NOON.date(), "to_on": NOON.date() + dt.timedelta(days=6)}
    absences.create_absence(who, by=SYSTEM, at=NOON, deputy=deputy, **days)


def seen(client: Client, path: str, at: dt.datetime = NOON) -> str:
    with time.frozen(at):
        answer = client.get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def holders() -> list[tuple[str, str | None]]:
    return [(one.number, one.assignee and one.assignee.name) for one in Ticket.objects.order_by("id")]


def test_the_board_says_who_has_what_who_is_away_and_what_is_nobodys(lead: Client, world: World):
    give(world, report(world.acme), world.agent)
    nobodys = report(world.acme, title="Printer")
    absent(world, world.agent, world.lead)
    text = seen(lead, BOARD)
    assert "Sofia Keller away until 24 Nov Deputy: Marta Kovac 1 open, in the hands of Sofia Keller" in text
    assert "Marta Kovac 0 open" in text
    assert f"{nobodys.number} Printer" in text
    assert "Service desk yours 2 2 0 1" in seen(lead, "/desk/teams/")
    with time.frozen(NOON):
        assert 'title="Sofia Keller, away until 24 Nov"' in lead.get("/desk/").content.decode()


def cost(client: Client, path: str) -> int:
    with time.frozen(NOON), CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len([one for one in queries if not one["sql"].startswith(FREE)])


def test_the_board_costs_the_same_for_ten_agents(lead: Client, world: World):
    cost(lead, BOARD)
    give(world, report(world.acme), world.agent)
    report(world.acme)
    one, many = cost(lead, BOARD), [world.agent, world.lead]
    for number in range(8):
        user = accounts.create_user(f"a{number}@calder.example", f"Agent {number}", by=SYSTEM, at=NOON)
        accounts.grant(user, Role.AGENT, by=SYSTEM, at=NOON)
        many.append(user)
    accounts.set_members(world.desk, by=SYSTEM, at=NOON, members=many)
    for user in many:
        give(world, report(world.acme), user)
        absent(world, user)
    assert (cost(lead, BOARD), one <= 12) == (one, True)


def test_giving_a_ticket_to_who_is_away_is_said_and_done(lead: Client, world: World, incident: Ticket):
    absent(world, world.agent, world.lead)
    with time.frozen(NOON):
        dialog = lead.get(f"/desk/tickets/{incident.number}/do/assign/").content.decode()
        assert "Sofia Keller (away until 24 Nov)" in dialog
        form = {"assignee": world.agent.pk, "team": "service-desk"}
        page = lead.post(f"/desk/tickets/{incident.number}/do/assign/", form, follow=True).content.decode()
    assert "Sofia Keller is away until 24 Nov; Marta Kovac stands in and is told too." in page
    assert holders() == [(incident.number, "Sofia Keller")]


def apply(client: Client, moves: dict[Ticket, User], at: dt.datetime = NOON) -> str:
    """Send the form; the address of the result."""
    form = {f"to-{one.number}": who.pk for one, who in moves.items()}
    form |= {f"version-{one.number}": one.version for one in moves}
    with time.frozen(at):
        answer = client.post(REBALANCE, form)
    assert answer.status_code == 302
    return str(answer["Location"])


def test_the_tickets_of_who_is_away_go_to_who_is_there_in_one_deed_with_one_mail(lead: Client, world: World):
    tickets = [give(world, report(world.acme, title=f"Case {n}"), world.agent) for n in range(3)]
    absent(world, world.agent)
    deliver()
    page = seen(lead, REBALANCE)
    assert "Tickets of Sofia Keller" in page
    assert "Marta Kovac (3)" in page  # what she would then have
    lead.force_login(world.acme.agent)  # so that the one who gets them did not do it himself
    common.assign(tickets[2], by=world.actor(world.lead), at=NOON, assignee=None)  # since the page was read
    before = Entry.objects.filter(name="incident.assigned").count()
    result = apply(lead, dict.fromkeys(tickets, world.lead))
    assert [who for _number, who in holders()] == ["Marta Kovac", "Marta Kovac", None]
    assert Entry.objects.filter(name="incident.assigned").count() == before + 2
    text = seen(lead, result)
    assert "2 tickets moved" in text
    assert f"{tickets[2].number} {tickets[2].number} has changed since you read it" in text
    mails = [one for one in deliver() if one.user_id == world.lead.pk and "assigned to you" in one.subject]
    assert [one.subject for one in mails] == ["2 tickets assigned to you"]
    assert [one.number in mails[0].text for one in tickets] == [True, True, False]


def undo(client: Client, result: str, at: dt.datetime) -> int:
    with time.frozen(at):
        return client.post(REBALANCE + "undo/", {"done": result.partition("done=")[2]}).status_code


def test_what_nobody_touched_since_is_given_back_for_ten_minutes(lead: Client, world: World):
    tickets = [give(world, report(world.acme, title=f"Case {n}"), world.agent) for n in range(2)]
    result = apply(lead, dict.fromkeys(tickets, world.lead))
    assert undo(lead, result, NOON + 11 * MINUTE) == 409
    assert [who for _number, who in holders()] == ["Marta Kovac"] * 2
    common.assign(tickets[1], by=world.actor(world.lead), at=NOON + MINUTE, assignee=None)
    other = Client(HTTP_HOST="localhost")
    other.force_login(world.agent)
    assert undo(other, result, NOON + MINUTE) == 404  # another's deed
    assert undo(lead, result, NOON + 9 * MINUTE) == 302
    assert [who for _number, who in holders()] == ["Sofia Keller", None]


def test_who_may_not_assign_hands_nothing_over_and_a_foreign_login_gets_nothing(lead: Client, world: World):
    ticket = give(world, report(world.acme), world.agent)
    result = apply(lead, {ticket: world.beta.agent})
    assert "does not work on this customer" in seen(lead, result)
    lead.force_login(world.auditor)
    with time.frozen(NOON):
        assert lead.get(REBALANCE).status_code == 403
        assert lead.post(REBALANCE, {f"to-{ticket.number}": world.lead.pk}).status_code == 403
    lead.force_login(world.beta.agent)  # works for Beta: Acme's ticket is not there for him
    apply(lead, {ticket: world.beta.agent})
    lead.force_login(world.acme.requester.user)
    with time.frozen(NOON):
        assert lead.get(BOARD).status_code == 403
    assert holders() == [(ticket.number, "Sofia Keller")]
    assert Message.objects.filter(subject__contains="tickets assigned").count() == 0


def with_rota(world: World) -> Rota:
    Membership.objects.filter(user=world.lead).update(is_lead=True)
    row = Rota(team=world.desk, name="First line", handover_time=dt.time(9), starts_on=NOON.date(), weekday=0)
    return rota_actions.create_rota(row, by=SYSTEM, at=NOON - DAY, members=[world.agent, world.lead])


def test_the_board_says_who_is_on_call_until_when_and_who_is_next(lead: Client, world: World):
    Rota.objects.filter(pk=with_rota(world).pk).update(starts_on=dt.date(2026, 11, 16))
    text = seen(lead, BOARD)
    assert "On call now SK Sofia Keller until Mon 23 Nov 09:00 then Marta Kovac" in text
    absent(world, world.agent)
    assert "On call now nobody: Sofia Keller is away, and nobody stands in" in seen(lead, BOARD)


def test_who_gives_a_ticket_on_sees_who_is_on_call(lead: Client, world: World):
    Rota.objects.filter(pk=with_rota(world).pk).update(starts_on=dt.date(2026, 11, 16))
    number = report(world.acme, team=world.desk).number
    assert "Sofia Keller (on call now)" in seen(lead, f"/desk/tickets/{number}/do/assign/")
    with time.frozen(NOON):
        assert "on call now" in lead.get(f"/desk/tickets/{number}/pick/assignee/").content.decode()


def test_a_shift_is_swapped_and_taken_back_on_its_page(lead: Client, world: World):
    Rota.objects.filter(pk=with_rota(world).pk).update(starts_on=dt.date(2026, 11, 16))
    row = Rota.objects.get()
    given = {
        "rota": row.pk,
        "user": world.lead.pk,
        "from_at": "2026-11-19T08:00",
        "to_at": "2026-11-18T08:00",
    }
    with time.frozen(NOON):
        wrong = lead.post(ON_CALL, given)
        right = lead.post(ON_CALL, {**given, "to_at": "2026-11-20T08:00", "reason": "Dentist"})
    assert (wrong.status_code, wrong.context["form"].errors) == (
        422,
        {"to_at": ["It ends before it starts."]},
    )
    assert right.status_code == 302
    text = seen(lead, ON_CALL)
    assert "Marta Kovac instead of Sofia Keller Dentist Take back" in text
    with time.frozen(NOON):
        assert lead.post(f"{ON_CALL}{row.swaps.get().pk}/cancel/").status_code == 302
    assert "instead of" not in seen(lead, ON_CALL)


def test_a_lead_keeps_the_rota_of_his_team_in_the_settings_and_nobody_elses(lead: Client, world: World):
    row = with_rota(world)
    page = f"/desk/settings/rotas/{row.pk}/"
    given = {
        "name": "First line", "unit": "weeks", "length": "0", "weekday": "0", "handover_time": "08:00",
        "time_zone": "UTC", "starts_on": "2026-11-16", "is_active": "on", "member_1": world.lead.pk, "version": 1,
    }  # fmt: skip
    with time.frozen(NOON):
        wrong = lead.post(page, given)
        assert "A turn lasts at least one day" in wrong.context["form"].errors["length"][0]
        assert lead.post(page, {**given, "length": "1", "member_1": ""}).context["form"].errors.keys() == {
            "member_1"
        }
        assert lead.post(page, {**given, "length": "2"}).status_code == 302
        other = Client()
        other.force_login(world.agent)
        assert other.get(page).status_code == 403
    row.refresh_from_db()
    assert (row.length, row.handover_time, [one.user for one in row.places.all()]) == (
        2,
        dt.time(8),
        [world.lead],
    )
