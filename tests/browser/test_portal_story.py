"""The customer's part of the story in a real browser: sign in, report, answer, say "not yet", confirm.

With SHOTS set to a folder, every stage leaves a picture there.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.models import User
from core.actor import ALL
from customers import scoping
from tests.places import World, build_world, report
from tickets import verbs
from tickets.models import Attachment, Message, Ticket

AXE = Path(settings.BASE_DIR) / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SHOTS = os.environ.get("SHOTS")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not AXE.exists(), reason="The front end is not built: run make run or make test once."
    ),
]


@pytest.fixture
def town(committing_db: str, monkeypatch: pytest.MonkeyPatch) -> World:
    """The world, committed, with no scope open, and attempts to sign in counted for this test alone."""
    monkeypatch.setitem(settings.CACHES["default"], "KEY_PREFIX", committing_db)
    with scoping.scope(ALL) as here:
        return build_world(here.at)


class Visit:
    """One person's way through the portal, with what the console and axe say on it."""

    def __init__(self, page: Any, base: str, name: str):
        self.page, self.base, self.name = page, base, name
        self.complaints: list[str] = []
        self.found: dict[str, list[str]] = {}
        page.on(
            "console",
            lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def look(self, stage: str) -> None:
        """Check the page as it stands, and leave a picture."""
        self.page.wait_for_load_state("networkidle")
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate("rules => axe.run({runOnly: rules})", RULES)["violations"]
        self.found[stage] = [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]
        width = self.page.viewport_size["width"]
        if self.page.evaluate("document.documentElement.scrollWidth") > width:
            self.found[stage].append("wider than the window")
        if SHOTS:
            self.page.screenshot(path=f"{SHOTS}/{self.name}-{len(self.found):02}-{stage}.png", full_page=True)

    def send(self, label: str) -> None:
        self.page.get_by_role("button", name=label, exact=True).click()

    def assert_clean(self) -> None:
        assert {stage: rows for stage, rows in self.found.items() if rows} == {}
        assert self.complaints == []


def by_agent(town: World, number: str, verb: str, **raw: Any) -> None:
    """What the desk does meanwhile, by the action behind its button."""
    with scoping.scope(ALL) as here:
        ticket = Ticket.objects.get(number=number)
        verbs.run(ticket, verb, raw, by=town.actor(town.agent), at=here.at)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
def test_a_customer_reports_answers_and_confirms(
    page: Any, live_server: Any, town: World, theme: str, size: tuple[int, int], tmp_path: Path
) -> None:
    requester = town.acme.requester
    User.objects.filter(pk=requester.user_id).update(theme=theme)
    screenshot = tmp_path / "screenshot.png"
    screenshot.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    visit = Visit(page, live_server.url, f"{size[0]}-{theme}")

    sign_in(visit, requester.email)
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    visit.look("home-empty")
    number = report_a_fault(visit, screenshot)
    by_agent(town, number, "hold", reason="customer", message="Which **version** of the client do you use?")
    answer(visit, number)
    by_agent(town, number, "resolve", code="fixed", note="Please go back to client 5.1.")
    say_not_yet(visit, number)
    by_agent(town, number, "resolve", code="fixed", note="We have replaced the gateway.")
    confirm(visit)
    visit.assert_clean()
    with scoping.scope(ALL):
        ticket = Ticket.objects.get(number=number)
        assert (ticket.state, ticket.impact, ticket.urgency, ticket.reopen_count) == ("closed", 2, 2, 1)
        assert ticket.title == "VPN drops every few minutes"
        assert list(Attachment.objects.values_list("name", flat=True)) == ["screenshot.png"]
        assert Message.objects.filter(is_from_customer=True).count() == 3


def sign_in(visit: Visit, email: str) -> None:
    visit.go("/")
    visit.look("sign-in")
    visit.page.get_by_label("Email").fill(email)
    visit.page.get_by_label("Password", exact=True).fill("correct horse battery")
    visit.send("Continue")
    visit.page.wait_for_url(visit.base + "/")


def report_a_fault(visit: Visit, screenshot: Path) -> str:
    page = visit.page
    page.get_by_role("link", name="Report a fault").last.click()
    visit.send("Send")  # the browser holds an empty box back
    assert page.url.endswith("/report/")
    page.get_by_label("What happens?").fill("VPN drops every few minutes\nIt began this morning.")
    page.get_by_label("Several people here").check()
    page.get_by_label("In part, or by a detour").check()
    page.get_by_label("Screenshots and files").set_input_files(screenshot)
    visit.look("report")
    visit.send("Send")
    page.wait_for_url("**/requests/INC-*/")
    visit.look("reported")
    return page.url.rstrip("/").rsplit("/", 1)[1]


def answer(visit: Visit, number: str) -> None:
    visit.go("/")
    visit.look("home-asked")
    visit.page.get_by_role("link", name="Answer").click()
    visit.page.get_by_label("Your answer").fill("It is version 5.2.")
    visit.look("asked")
    visit.send("Send")
    visit.page.wait_for_url(f"**/requests/{number}/#reply")
    visit.look("answered")


def say_not_yet(visit: Visit, number: str) -> None:
    visit.go(f"/{number}")
    visit.page.wait_for_url(f"**/requests/{number}/")
    visit.look("solved")
    visit.page.get_by_text("Not yet").click()
    visit.page.get_by_label("What is still wrong?").fill("It still drops.")
    visit.look("not-yet")
    visit.send("Tell the desk")
    visit.page.get_by_text("We are on it again").wait_for()


def confirm(visit: Visit) -> None:
    visit.page.reload()
    visit.send("Yes, it works now")
    visit.page.get_by_text("This is finished.", exact=False).first.wait_for()
    visit.look("finished")
    visit.go("/requests/?show=closed")
    visit.look("closed-list")


def test_a_mistake_is_said_above_the_form_with_the_focus_and_leads_to_its_field(
    page: Any, live_server: Any, town: World
) -> None:
    visit = Visit(page, live_server.url, "mistakes")
    visit.go("/report/")
    page.get_by_label("Email").fill(town.acme.requester.email)
    page.get_by_label("Password", exact=True).fill("wrong horse battery")
    visit.send("Continue")
    page.wait_for_selector(".errors:focus")
    visit.look("wrong-password")
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    visit.send("Continue")
    page.wait_for_url("**/report/")
    page.evaluate("document.getElementById('report').noValidate = true")
    visit.send("Send")
    page.wait_for_selector(".errors:focus")
    assert page.title().startswith("Problem:")
    visit.look("report-mistakes")
    page.locator(".errors a").first.click()
    page.wait_for_selector("#id_what:focus")
    refusals = [one for one in visit.complaints if "422" not in one]
    assert ({stage: rows for stage, rows in visit.found.items() if rows}, refusals) == ({}, [])
    with scoping.scope(ALL):
        assert not Ticket.objects.exists()


def test_the_pages_of_ones_own_login_are_clean(page: Any, live_server: Any, town: World) -> None:
    visit = Visit(page, live_server.url, "account")
    visit.go("/account/profile/")
    page.get_by_label("Email").fill(town.agent.email)
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    visit.send("Continue")
    page.wait_for_url("**/account/profile/")
    visit.look("profile")
    page.get_by_label("Dark", exact=True).check()
    visit.send("Save")
    page.wait_for_selector("html[data-theme=dark]")
    for path in ("profile/devices/", "profile/tokens/", "factors/", "password/change/", "logout/"):
        visit.go(f"/account/{path}")
        visit.look(path.strip("/").replace("/", "-"))
    visit.go("/account/profile/tokens/new/")
    visit.look("confirm")
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    visit.send("Confirm")
    page.wait_for_url("**/account/profile/tokens/new/")
    visit.look("new-token")
    page.get_by_label("What is it for?").fill("Reports")
    visit.send("Make the token")
    assert page.get_by_label("Your new token").input_value().startswith("c8_")
    visit.look("token-once")
    visit.go("/account/factors/app/")
    visit.look("authenticator")
    visit.assert_clean()


def test_a_passkey_is_added_and_signs_in_without_a_password(page: Any, live_server: Any, town: World) -> None:
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }})  # fmt: skip
    visit = Visit(page, live_server.url, "passkey")
    sign_in(visit, town.acme.requester.email)
    visit.go("/account/factors/keys/add/")
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    visit.send("Confirm")
    page.get_by_label("Name").fill("This laptop")
    page.get_by_label("Passwordless").check()
    visit.look("add-key")
    visit.send("Add the key")
    page.wait_for_url("**/account/factors/recovery-codes/")
    visit.look("recovery-codes")
    visit.go("/account/factors/keys/")
    assert "This laptop" in page.inner_text("main")
    visit.look("keys")
    visit.go("/account/logout/")
    visit.send("Sign out")
    page.wait_for_url("**/account/login/")
    visit.send("Sign in with a passkey")
    page.wait_for_url(live_server.url + "/")
    visit.assert_clean()


def test_what_is_typed_is_kept_by_the_server_and_shows_what_is_open_already(
    page: Any, live_server: Any, town: World
) -> None:
    with scoping.scope(ALL) as here:
        known = report(town.acme, at=here.at)
    visit = Visit(page, live_server.url, "draft")
    sign_in(visit, town.acme.requester.email)
    visit.go("/report/")
    assert known.number in page.inner_text("#similar")
    page.get_by_label("What happens?").press_sequentially("The printer")
    page.wait_for_selector("#similar:empty, #similar:not(:has(aside))", state="attached")
    with page.expect_response("**/report/draft/") as kept:
        page.get_by_label("What happens?").press_sequentially(" and the vpn")
    assert kept.value.status == 200
    page.wait_for_selector("#similar aside")
    assert known.number in page.inner_text("#similar")
    visit.look("similar")
    page.evaluate("localStorage.clear()")
    page.reload()
    assert page.get_by_label("What happens?").input_value() == "The printer and the vpn"
    visit.send("Discard it")
    page.get_by_text("The draft is gone.").wait_for()
    visit.assert_clean()
