"""Every page of every side, in German: clean for axe, no wider than its window, mirrored too, with targets one can hit.

One goto a page; theme, width and direction are turned on the page as it stands. Verbs and sections of the Settings come
from their tables, so that a new one is looked at without being named here.
"""

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts import suppliers
from accounts.models import Portal, User
from automation.models import Macro
from core.actor import ALL
from customers import scoping
from desk.settings import table
from incidents.workflow import FLOW
from reporting.models import ServiceReport
from slas.models import Agreement, Correction, Gap
from tests.browser import looking
from tests.house import worlds as filling
from tests.places import SYSTEM, World, build_world
from tickets import surveys, verbs
from tickets.models import Answer, Ticket, TicketTask, TimeEntry

LOGIN = "/account/login/"
PASSWORD = "correct horse battery"
ELSEWHERE = (
    "reply",
    "note",
    "change",
    "link",
    "merge",
    "watch",
    "involve",
)  # these have no page of their own
SHOTS = os.environ.get("SHOTS")

pytestmark = [
    pytest.mark.timeout(900),  # three tests, each a walk through dozens of pages
    pytest.mark.browser,
    pytest.mark.skipif(
        not looking.AXE.exists(), reason="The front end is not built: run make run or make test once."
    ),
]


class Town:
    """A world in which everything has a row, its people reading German, and what stands in its addresses."""

    def __init__(self) -> None:
        self.world: World = build_world()
        ticket = filling.fill(self.world)["acme"]
        now = dt.datetime.now(dt.UTC)
        agent = self.world.actor(self.world.agent)
        handed = {"supplier": self.world.supplier.name, "message": "The line is dead."}
        other = Ticket.objects.get(title="Check canary-acme")
        self.handed = verbs.run(other, "hand_over", handed, by=agent, at=now).number
        self.supplier = suppliers.create_member(
            "anna@lakeside.example",
            "Anna Lake",
            by=SYSTEM,
            at=now,
            organization=self.world.supplier,
            password=PASSWORD,
        )
        Portal.objects.filter(customer=self.world.acme.customer).update(
            takes_guests=True, status_is_public=True
        )
        User.objects.update(language="de")
        self.number, self.major = ticket.number, Ticket.objects.get(title="Second canary-acme").number
        self.task, self.time = (
            TicketTask.objects.get(ticket=ticket).pk,
            TimeEntry.objects.get(ticket=ticket).pk,
        )
        self.gap = Gap.objects.filter(customer=self.world.acme.customer).order_by("id")[0].pk
        self.clock = Correction.objects.get(customer=self.world.acme.customer).timer_id
        self.macro = Macro.objects.get(customer=self.world.acme.customer).pk
        self.agreement = Agreement.objects.get(customer=self.world.acme.customer).pk
        answer = Answer.objects.get(customer=self.world.acme.customer)
        Answer.objects.filter(pk=answer.pk).update(expires_at=now + dt.timedelta(days=9))
        self.survey = surveys.token_of(answer)
        self.report = ServiceReport.objects.get(customer=self.world.acme.customer).pk

    def desk(self) -> list[str]:
        one = f"/desk/tickets/{self.number}/"
        return [
            "/desk/", "/desk/?group=team", "/desk/?view=mine", "/desk/filter/", "/desk/columns/",
            "/desk/search/?q=vpn", "/desk/new/?q=req", "/desk/new/?customer=acme", "/desk/phone/", "/desk/tasks/",
            f"/desk/merge/?a={self.number}", "/desk/restricted/", "/desk/major/",
            f"/desk/major/{self.major}/", "/desk/reports/pauses/",
            "/desk/teams/service-desk/on-call/",
            "/desk/reports/lowered/", f"/desk/tickets/{self.major}/", f"{one}macros/",
            f"{one}macros/{self.macro}/", f"{one}change/", f"{one}clocks/", f"{one}link/", f"{one}people/",
            f"{one}fields/", f"{one}fields/change/",
            f"{one}tasks/{self.task}/change/", f"{one}time/{self.time}/correct/",
            *(f"{one}?{more}" for more in (
                "view=all", "compose=reply", "compose=note", "tab=linked", "tab=history", "tab=tasks", "tab=time",
            )),
            *(f"{one}do/{verb}/" for verb in FLOW.transitions if verb not in ELSEWHERE),
            "/desk/service-levels/",
        ]  # fmt: skip

    def house(self) -> list[str]:
        slugs = list(table.SECTIONS)
        levels = "/desk/service-levels/"
        paper = f"{levels}agreements/{self.agreement}/"
        return [
            f"{levels}agreements/", f"{levels}agreements/new/", f"{levels}requirements/", f"{levels}requirements/new/",
            f"{levels}agreements/new/?kind=sla&customer={self.world.acme.customer.pk}&start=gold",
            paper, f"{paper}edit/", f"{paper}do/sign/?side=customer", f"{paper}do/end/",
            f"/desk/tickets/{self.number}/clocks/", f"/desk/tickets/{self.number}/clocks/{self.clock}/correct/",
            "/desk/corrections/", "/desk/service-levels/rehearse/", "/desk/service-levels/reports/",
            f"/desk/service-levels/reports/{self.report}/", f"/desk/service-levels/reports/{self.report}/amend/",
            "/desk/gaps/", f"/desk/gaps/{self.gap}/",
            "/desk/settings/", "/desk/mail/", "/desk/deliveries/", "/desk/settings/log/",
            *(f"/desk/settings/{slug}/" for slug in slugs), *(f"/desk/settings/{slug}/new/" for slug in slugs),
            "/account/profile/", "/account/profile/devices/", "/account/profile/absences/", "/account/profile/tokens/",
        ]  # fmt: skip

    def portal(self) -> list[str]:
        return [
            "/", "/search/?q=vpn", "/portal/status/", "/report/", "/requests/", "/requests/?show=closed",
            f"/requests/{self.number}/", f"/requests/{self.number}/cancel/", f"/requests/{self.number}/why/",
        ]  # fmt: skip

    def open_to_all(self) -> list[str]:
        return ["/account/login/", "/status/acme/", "/guest/acme/", f"/survey/{self.survey}/", "/nothing/"]


@pytest.fixture
def town(live_server: Any, monkeypatch: pytest.MonkeyPatch, committing_db: str) -> Town:
    monkeypatch.setitem(settings.CACHES["default"], "KEY_PREFIX", committing_db)
    with scoping.scope(ALL, caller="user:0"):
        return Town()


@pytest.fixture(autouse=True)
def calm(page: Any) -> None:
    """Time enough, nothing that moves; the stream of changes is a process of its own: not here."""
    page.set_default_timeout(60_000)
    page.emulate_media(reduced_motion="reduce")  # colours are compared at once, not on their way
    page.route(
        "**/live/**", lambda route: route.fulfill(content_type="text/event-stream", body="retry: 600000\n\n")
    )


def sign_in(page: Any, url: str, user: User) -> None:
    page.goto(f"{url}/account/login/")
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/account/login/" not in address)


def walk(page: Any, url: str, paths: list[str]) -> dict[str, list[str]]:
    """The faults of each page; a failure, or being asked to sign in, is one itself."""
    found: dict[str, list[str]] = {}
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in paths:
        said.clear()
        answer = page.goto(f"{url}{path}")
        page.wait_for_load_state("load")
        if answer.status >= 500 or (LOGIN in page.url and LOGIN not in path):
            found[path] = [f"{answer.status} {page.url}"]
            continue
        found[path] = looking.faults(page) + (said if answer.status < 400 else [])
        if SHOTS:
            looking.picture(page, Path(SHOTS), path)
    return {path: faults for path, faults in found.items() if faults}


def test_every_page_of_a_customer_a_supplier_and_a_stranger_is_clean(
    page: Any, live_server: Any, town: Town
) -> None:
    found = walk(page, live_server.url, town.open_to_all())
    sign_in(page, live_server.url, town.world.acme.requester.user)
    found |= walk(page, live_server.url, town.portal())
    page.context.clear_cookies()
    sign_in(page, live_server.url, town.world.acme.manager.user)
    found |= walk(page, live_server.url, ["/service-reports/", f"/service-reports/{town.report}/"])
    found |= walk(page, live_server.url, ["/agreements/", f"/agreements/{town.agreement}/"])
    page.context.clear_cookies()
    sign_in(page, live_server.url, town.supplier)
    found |= walk(page, live_server.url, ["/supplier/", f"/supplier/{town.handed}/", "/supplier/agreements/"])
    assert found == {}


def test_every_page_of_an_agent_is_clean_and_an_open_dialog_too(
    page: Any, live_server: Any, town: Town
) -> None:
    sign_in(page, live_server.url, town.world.lead)
    assert page.get_attribute("html", "lang") == "de"
    assert walk(page, live_server.url, town.desk()) == {}
    page.goto(f"{live_server.url}/desk/tickets/{town.number}/")
    page.wait_for_load_state("load")
    page.keyboard.press("e")
    page.wait_for_selector("dialog[open] select")
    assert looking.faults(page) == []


def test_every_page_of_an_administrator_is_clean(page: Any, live_server: Any, town: Town) -> None:
    sign_in(page, live_server.url, town.world.administrator)
    assert walk(page, live_server.url, town.house()) == {}
