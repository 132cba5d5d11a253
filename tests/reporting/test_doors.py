"""The doors to reports and to Now: who reads what, files to take away, and counts that list what they count."""

import html
import re

import pytest
from django.test import Client

from core import time
from reporting import now
from reporting.models import ServiceReport
from slas import sweep
from tests.places import SYSTEM, report
from tests.reporting.conftest import OVER, Month, at, everywhere_at
from tests.reporting.test_reports import REPORTS, login
from tickets.models import Ticket

API = "/api/v1/service-reports/"


def test_a_manager_reads_what_was_issued_to_his_customer_and_nobody_else_of_it_does(november: Month):
    draft = november.draft()
    manager = login(november.world.acme.manager)
    assert manager.get(f"/service-reports/{draft.pk}/").status_code == 404
    issued = november.issued_from(draft)
    page = manager.get(f"/service-reports/{issued.pk}/").content.decode()
    assert "5 of 8 targets were met (62.5 %)" in page
    assert "What we promised, and what we kept" in page
    assert "Raised twice" not in page
    assert "Omar" not in page
    assert manager.get(f"{API}{issued.pk}/").json()["figures"]["exclusions"][0].keys() == {
        "number", "metric", "cause", "at",
    }  # fmt: skip
    for who in (november.world.acme.requester, november.world.beta.manager):
        other = login(who)
        assert other.get(f"/service-reports/{issued.pk}/").status_code == 404
        assert other.get(f"{API}{issued.pk}/").status_code == 404
        assert other.get(API).json()["results"] == []
        assert f"/service-reports/{issued.pk}/" not in other.get("/service-reports/").content.decode()


def test_who_may_not_write_agreements_neither_begins_nor_issues(november: Month):
    draft = november.draft()
    client = login(november.world.agent)
    assert client.get(f"{REPORTS}{draft.pk}/").status_code == 200
    answers = [
        client.post(f"{REPORTS}{draft.pk}/issue/"),
        client.post(f"{REPORTS}{draft.pk}/amend/", {"reason": "x"}),
        client.post(f"{API}{draft.pk}/issue/"),
        client.post(API, {"customer": "acme", "month": "2026-10"}, content_type="application/json"),
    ]
    assert [one.status_code for one in answers] == [403] * 4
    assert list(ServiceReport.objects.values_list("state", flat=True)) == ["draft"]


def test_the_story_by_rest(november: Month):
    client = login(november.world.administrator)
    json = {"content_type": "application/json"}
    with everywhere_at(OVER):
        made = client.post(API, {"customer": "acme", "month": "2026-11"}, **json)
        body = made.json()
        assert (made.status_code, body["state"], body["is_preview"], body["is_intact"]) == (
            201,
            "draft",
            False,
            None,
        )
        address = f"{API}{body['id']}/"
        again = client.post(API, {"customer": "acme", "month": "2026-11"}, **json)
        assert (again.status_code, again.json()["errors"].keys()) == (409, {"month"})
        issued = client.post(f"{address}issue/", **json, HTTP_IF_MATCH=made["ETag"]).json()
        assert (issued["state"], issued["is_intact"], len(issued["signature"])) == ("issued", True, 64)
        assert client.post(f"{address}issue/", **json).status_code == 409
        assert client.post(f"{address}amend/", {"reason": "x"}, **json).status_code == 409
        line = issued["figures"]["lines"][0]
        counted = client.get(f"{address}counted/?of={line['key']}.breached").json()
        assert (counted["count"], len(counted["results"])) == (line["breached"], 2)
        assert client.get(f"{address}counted/?of=nothing.all").status_code == 404
        assert client.get(f"{API}?month=2026-11&state=issued").json()["results"][0]["id"] == body["id"]
        assert client.get(f"{API}?month=soon").status_code == 400


def test_pdf_and_csv_say_what_the_page_says(november: Month):
    issued = november.issued()
    client = login(november.world.administrator)
    pdf = client.get(f"{REPORTS}{issued.pk}/report.pdf")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert 'filename="service-levels-acme-2026-11.pdf"' in pdf["Content-Disposition"]
    text = client.get(f"{REPORTS}{issued.pk}/report.csv").content.decode("utf-8-sig")
    assert "3 of 4 (75.0 %)" in text
    assert issued.signature in text
    assert "Raised twice" in text
    assert (
        "Raised twice"
        not in login(november.world.acme.manager)
        .get(f"/service-reports/{issued.pk}/report.csv")
        .content.decode()
    )


@pytest.fixture
def today(november: Month) -> Month:
    """Friday the 4th of December at noon: one ticket breached today, four due soon, one of them twice."""
    report(november.world.acme, title="Mail is down", impact=1, urgency=1, at=at(4, 9, month=12))
    for number in range(3):
        report(november.world.acme, title=f"Printer {number} jams", at=at(4, 9, month=12))
    with everywhere_at(at(4, 12, month=12)):
        sweep.sweep(SYSTEM)
    return november


def test_every_count_of_now_lists_exactly_its_tickets_in_the_queue_and_by_rest(today: Month):
    client = login(today.world.administrator)
    with everywhere_at(at(4, 12, month=12)):
        page = client.get("/desk/service-levels/").content.decode()
        links = re.findall(r'href="(/desk/\?[^"]*)"[^>]*>(?:<b>)?(\d+)', page.partition("levels-tiles")[2])
        asked = [(int(number), html.unescape(url)) for url, number in links]
        told = client.get("/api/v1/service-levels/now/").json()
        listed = {
            name: len(client.get("/api/v1/tickets/", {**one["filter"], "page_size": "100"}).json()["results"])
            for name, one in told["measures"].items()
        }
        rows = [(number, _rows(client, url)) for number, url in asked]
    assert {name: one["count"] for name, one in told["measures"].items()} == listed
    assert listed == {"breached": 1, "breached_open": 1, "due": 4, "overdue": 3}
    assert len(rows) >= 12
    assert [one for one in rows if one[0] != one[1]] == []


def _rows(client: Client, url: str) -> int:
    return len(re.findall(r'<tr class="r[ "]', client.get(url).content.decode()))


def test_a_range_must_hold_for_one_clock_and_says_so_when_it_is_none(today: Month):
    actor = today.lead
    with everywhere_at(at(4, 12, month=12)):
        assert now.tickets(actor, {"sla_due": "now..now+2h"}).count() == 4
        assert now.tickets(actor, {"sla_due": "now..now+1h"}).count() == 0
        assert now.tickets(actor, {"sla_breached": "..2026-11-19T00:00:00Z"}).count() == 1
        client = login(today.world.administrator)
        for wrong in ("now", "..", "soon..later"):
            answer = client.get("/api/v1/tickets/", {"sla_due": wrong})
            assert (answer.status_code, answer.json()["errors"].keys()) == (400, {"sla_due"})


def test_now_is_for_those_who_read_agreements_and_counts_their_customers_alone(today: Month):
    with time.frozen(at(4, 12, month=12)):
        own = login(today.world.beta.agent).get("/desk/service-levels/")
        assert own.status_code == 200
        assert "canary-acme" not in own.content.decode()
        assert login(today.world.acme.requester).get("/desk/service-levels/").status_code == 403
        assert login(today.world.acme.requester).get("/api/v1/service-levels/now/").status_code == 403
    assert Ticket.objects.filter(title="Mail is down").count() == 1
