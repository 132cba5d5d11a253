"""Service reports: what is counted, that a number opens what it counts, that it is frozen, signed and amended."""

import html
import re
from typing import Any

import psycopg2
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts import settings as customers
from core import errors, time
from core.actor import ALL
from customers import scoping
from incidents import actions as incidents
from journal.models import Entry
from reporting import actions, figures, periods, presenting, queries, sealing
from reporting.models import Amendment, ServiceReport
from slas.drafts import LimitDraft
from tests import agreed, database
from tests.places import NOON, SYSTEM, build_world, report
from tests.reporting.conftest import OVER, Month, at, make_november
from tests.slas.conftest import make_levels
from tickets import actions as tickets

NUMBERS = ("counted", "met", "breached", "open", "as_if_held")
REPORTS = "/desk/service-levels/reports/"


def numbers(found: figures.Figures, metric: str) -> list[int]:
    return [line[one] for line in found["lines"] if line["metric"] == metric for one in NUMBERS]


def login(person: Any) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(getattr(person, "user", person))
    return client


def test_each_clock_counts_once_with_what_is_still_open_and_what_pauses_did(november: Month):
    found = november.figures(november.draft()).figures
    assert numbers(found, "first_response") == [4, 2, 2, 1, 2]
    assert numbers(found, "resolution") == [4, 3, 1, 1, 2]
    response = found["lines"][0]
    assert (response["used"], response["targets"]) == ({"n": 3, "median": 3600, "p90": 14400}, [14400])
    assert [one["number"] for one in found["exclusions"]] == [november.tickets["cancelled"].number] * 2
    assert (found["excluded"], found["restricted"], found["exclusions"][0]["reason"]) == (
        2,
        0,
        "Raised twice",
    )
    assert [(one["count"], one["before"]) for one in found["workload"]] == [(5, 0)]
    assert found["trend"][-1] == {
        "month": "2026-11", "is_issued": False, "metrics": {"first_response": [4, 2], "resolution": [4, 3]},
    }  # fmt: skip


def test_best_effort_stands_apart_and_in_no_sum(november: Month):
    made = actions.create(november.world.beta.customer, by=november.lead, at=OVER, month="2026-11")
    found = november.figures(made).figures
    assert [one["agreement"]["is_default"] for one in found["lines"]] == [True, True]
    assert (found["totals"], found["missed"]) == ([], [])
    assert [one.name for one in presenting.show(found, is_inside=True).tables][:2] == [
        "targets",
        "best-effort",
    ]


def test_a_month_begins_and_ends_at_the_customers_own_midnight(november: Month):
    world = november.world
    customers.change(world.acme.customer, by=SYSTEM, at=NOON, fields={"time_zone": "Pacific/Auckland"})
    world.acme.customer.refresh_from_db()
    late = report(world.acme, title="edge", at=at(30, 9, 30))
    tickets.reply(late, by=world.actor(world.agent), at=at(30, 10, 59), body="We are on it.")
    solved = {"code": "fixed", "note": "Restarted."}
    incidents.resolve(late, by=world.actor(world.agent), at=at(30, 11), **solved)
    here = november.figures(november.draft()).figures
    following = actions.create(world.acme.customer, by=november.lead, at=OVER, month="2026-12")
    after = november.figures(following).figures
    assert (here["from_at"], here["to_at"]) == ("2026-10-31T11:00:00Z", "2026-11-30T11:00:00Z")
    assert (numbers(here, "first_response")[0], numbers(here, "resolution")[0]) == (5, 4)
    assert (numbers(after, "first_response"), numbers(after, "resolution")[0]) == ([], 1)


def test_every_number_opens_exactly_the_list_that_it_counts_also_when_it_is_frozen(november: Month):
    draft, client = november.draft(), login(november.world.administrator)
    before = _opened(client, draft)
    issued = actions.issue(draft, by=november.lead, at=OVER)
    incidents.resolve(
        november.tickets["silent"],
        by=november.world.actor(november.world.agent),
        at=OVER,
        code="fixed",
        note="x",
    )
    assert len(before) == 9  # what is 0 has no list
    assert all(said == shown for said, shown in before)
    assert _opened(client, issued) == before


def _opened(client: Client, made: ServiceReport) -> list[tuple[int, int]]:
    """(the number on the page, the rows behind it) of every number that has a list."""
    page = client.get(f"{REPORTS}{made.pk}/").content.decode()
    links = re.findall(r'<td[^>]*><a href="([^"]*counted/[^"]*)"[^>]*>(\d+)</a>', page)
    rows = [client.get(html.unescape(url)).content.decode() for url, _number in links]
    return [
        (int(number), text.count("data-line-link")) for (_url, number), text in zip(links, rows, strict=True)
    ]


def test_what_was_issued_is_frozen_and_a_change_becomes_an_amendment(november: Month):
    issued = november.issued()
    known = november.figures(issued)
    agent = november.world.actor(november.world.agent)
    with pytest.raises(errors.NotAllowed, match="nothing to amend"):
        actions.amend(issued, by=november.lead, at=OVER, reason="Nothing")
    incidents.reopen(november.tickets["held"], by=agent, at=at(30, 9))
    with pytest.raises(errors.Invalid):
        actions.amend(issued, by=november.lead, at=OVER, reason=" ")
    made = actions.amend(issued, by=november.lead, at=OVER, reason="The held one was reopened.")
    now, first = (
        november.figures(issued),
        queries.edition(queries.get_report(issued.pk, november.lead), OVER, 0),
    )
    assert first.figures == known.figures
    assert (numbers(known.figures, "resolution")[:2], numbers(now.figures, "resolution")[:2]) == (
        [4, 3],
        [3, 2],
    )
    assert (now.number, now.is_intact, made.number) == (1, True, 1)
    assert presenting.differences(known.figures, now.figures) == ["Resolution, P3: Counted 4 → 3, Met 3 → 2"]
    assert Entry.objects.get(name="service_report.amended").data["reason"] == "The held one was reopened."


@pytest.mark.parametrize(
    "sql", ["UPDATE {0} SET figures = '{{}}' WHERE id = {1}", "DELETE FROM {0} WHERE id = {1}"]
)
def test_the_database_itself_refuses_to_change_what_was_issued(november: Month, sql: str):
    issued = november.issued()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format("reporting_servicereport", issued.pk))
    assert november.figures(issued).is_intact


def test_the_signature_breaks_when_a_figure_is_changed_or_an_amendment_goes(november: Month):
    issued = november.issued()
    agent = november.world.actor(november.world.agent)
    incidents.reopen(november.tickets["held"], by=agent, at=at(30, 9))
    made = actions.amend(issued, by=november.lead, at=OVER, reason="It was reopened.")
    stored = queries.get_report(issued.pk, november.lead)
    assert sealing.is_intact(stored, [made])
    made.figures["lines"][0]["met"] += 1
    assert not sealing.is_intact(stored, [made])
    stored.lists[next(iter(stored.lists))].append(1)
    assert not sealing.is_intact(stored, [])
    stored = queries.get_report(issued.pk, november.lead)
    second = Amendment(**{one.attname: getattr(made, one.attname) for one in Amendment._meta.concrete_fields})
    second.number = 2
    assert not sealing.is_intact(stored, [second])


@pytest.mark.committing
def test_who_rules_the_database_can_change_a_figure_but_not_what_was_signed(committing_db: str):
    with time.frozen(NOON), scoping.scope(ALL):
        world = build_world()
        november = make_november(world, make_levels(world))
        issued = november.issued()
    change = "UPDATE reporting_servicereport SET figures = jsonb_set(figures, '{lines,0,met}', '4')"
    with database.place().cluster.administrator(committing_db) as cursor:
        with pytest.raises(psycopg2.Error, match="never changed"):
            cursor.execute(change)
        cursor.execute("SET session_replication_role = replica")  # no trigger fires any more
        cursor.execute(change)
    with scoping.scope(ALL):
        assert november.figures(issued).is_intact is False
        page = login(world.administrator).get(f"{REPORTS}{issued.pk}/").content.decode()
    assert "The signature does not fit" in page


def test_a_missed_target_leaves_one_candidate_for_an_improvement(november: Month):
    issued = november.issued()
    agent = november.world.actor(november.world.agent)
    incidents.reopen(november.tickets["held"], by=agent, at=at(30, 9))
    actions.amend(issued, by=november.lead, at=OVER, reason="It was reopened.")
    noted = Entry.objects.filter(name="service_report.target_missed").order_by("id")
    assert [(one.data["metric"], one.data["breached"], one.data["tickets"]) for one in noted] == [
        ("first_response", 2, 2), ("resolution", 1, 1),
    ]  # fmt: skip
    assert {(one.subject_kind, one.subject_id, one.audience) for one in noted} == {
        ("service_report", issued.pk, "provider")
    }


def test_the_trend_tells_an_earlier_month_as_it_was_issued(november: Month):
    november.issued()
    agent = november.world.actor(november.world.agent)
    incidents.reopen(november.tickets["held"], by=agent, at=at(30, 9))
    following = actions.create(november.world.acme.customer, by=november.lead, at=OVER, month="2026-12")
    trend = november.figures(following).figures["trend"]
    assert [one["month"] for one in trend][-3:] == ["2026-10", "2026-11", "2026-12"]
    assert trend[-2] == {
        "month": "2026-11", "is_issued": True, "metrics": {"first_response": [4, 2], "resolution": [4, 3]},
    }  # fmt: skip


@pytest.mark.parametrize("month", ["", "2026-13", "11/2026", "1026-01", "2027-01"])
def test_a_month_that_is_none_or_has_not_begun_is_refused_with_a_sentence(november: Month, month: str):
    with pytest.raises(errors.Invalid) as refused:
        actions.create(november.world.acme.customer, by=november.lead, at=OVER, month=month)
    assert list(refused.value.errors) == ["month"]
    assert ServiceReport.objects.count() == 0


def test_a_report_is_begun_once_and_issued_after_its_end(november: Month):
    draft = november.draft(at(27, 10))
    with pytest.raises(errors.Conflict):
        november.draft()
    with pytest.raises(errors.NotAllowed, match="preview"):
        actions.issue(draft, by=november.lead, at=at(30, 23))
    client = login(november.world.administrator)
    answer = client.post(f"{REPORTS}{draft.pk}/issue/")  # it is the 18th of November
    assert answer.status_code == 409
    page = client.get(f"{REPORTS}{draft.pk}/").content.decode()
    assert "Period not over: preview" in page
    assert "issue/" not in page
    assert ServiceReport.objects.get().state == "draft"


def test_restricted_tickets_are_counted_for_nobody_and_their_number_is_said(november: Month):
    agent = november.world.actor(november.world.lead)
    members = [november.world.lead]
    tickets.restrict(november.tickets["good"], by=agent, at=OVER, reason="Security", members=members)
    found = november.figures(november.draft()).figures
    assert (numbers(found, "resolution")[:2], found["restricted"]) == ([3, 2], 2)


def test_the_workload_stands_against_the_limits_in_force(november: Month):
    limits = (LimitDraft(most=4, ticket_kind="incident"), LimitDraft(most=10, priority=1))
    agreed.agree_anew(november.levels.gold, limits=limits, no_limits_reason="")
    made = november.draft()
    found = november.figures(made)
    said = [(one["most"], one["count"], one["is_over"], one["version"]) for one in found.figures["limits"]]
    assert said == [(4, 5, True, 2), (10, 0, False, 2)]
    assert len(found.lists[found.figures["limits"][0]["key"]]) == 5
    page = login(november.world.auditor).get(f"{REPORTS}{made.pk}/").content.decode()
    assert "Workload against its limits" in page


def test_months_are_reckoned_by_the_zone():
    month = periods.read("2026-03", "Europe/London")
    assert (month.from_at.isoformat(), month.to_at.isoformat()) == (
        "2026-03-01T00:00:00+00:00", "2026-03-31T23:00:00+00:00",
    )  # fmt: skip
    assert month.after(-3).name == "2025-12"


@pytest.mark.parametrize(("met", "counted", "said"), [
    (0, 0, "–"), (8, 9, "8 of 9 (88.9 %)"), (10, 10, "100 %"), (9999, 10000, "99.9 %"), (0, 12, "0.0 %"),
])  # fmt: skip
def test_a_small_share_says_its_fraction_and_none_is_rounded_up_to_a_hundred(
    met: int, counted: int, said: str
):
    assert presenting.share(met, counted) == said
