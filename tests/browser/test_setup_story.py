"""The first administrator sets up the desk with the keyboard alone: begun at a desk, gone on with on a phone."""

import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from accounts import setting_up
from accounts.models import User
from calendars.models import Calendar
from core.actor import ALL
from customers import scoping
from tests.browser import looking
from tests.browser.test_every_screen import PASSWORD, sign_in

SHOTS = os.environ.get("SHOTS")
FILLED = {
    "organization": {"name": "Harbour IT", "time_zone": "Europe/Berlin", "phone": "4711"},
    "mail": {"to": "erin@example.com"},
    "hours": {"fri": "09:00-13:00"},
    "people": {"people": "Mia Berg, mia@example.com, agent"},
    "portal": {"name": "Help for all"},
}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not looking.AXE.exists(), reason="The front end is not built: run make run once."),
]


@pytest.fixture
def erin(live_server: Any, monkeypatch: pytest.MonkeyPatch, committing_db: str) -> User:
    monkeypatch.setitem(settings.CACHES["default"], "KEY_PREFIX", committing_db)
    with scoping.scope(ALL):
        call_command("begin", "--email", "erin@example.com", stdout=io.StringIO())
        user = User.objects.get()
        user.set_password(PASSWORD)
        user.save()
    return user


def type_into(page: Any, name: str, words: str) -> None:
    """Reach a field by Tab from where the focus is, and write into it."""
    for _press in range(60):
        if page.evaluate("document.activeElement.name") == name:
            break
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == name
    page.keyboard.press("Control+a")
    page.keyboard.type(words)


def save(page: Any, slug: str) -> list[str]:
    """Fill in one step and save it by keys; what is wrong with the page before."""
    page.wait_for_url(f"**/desk/setup/{slug}/")
    found = [f"{slug}: {one}" for one in looking.violations(page)]
    if looking.is_too_wide(page):
        found.append(f"{slug} scrolls sideways")
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"setup-{slug}.png"))
    for name, words in FILLED.get(slug, {}).items():
        type_into(page, name, words)
    page.keyboard.press("Control+Enter")
    return found


def test_the_seven_steps_are_walked_with_keys_at_a_desk_and_on_a_phone(
    page: Any, live_server: Any, erin: User
) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.route("**/live/**", lambda route: route.abort())
    sign_in(page, live_server.url, erin)
    page.goto(f"{live_server.url}/desk/setup/")
    faults = save(page, "organization")
    page.wait_for_url("**/desk/setup/sign-in/")
    page.get_by_role("button", name="Skip for now").focus()
    page.keyboard.press("Enter")
    faults += save(page, "mail")
    faults += save(page, "hours")
    page.wait_for_url("**/desk/setup/people/")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/desk/setup/")
    faults += save(page, "people")
    page.get_by_role("cell", name="mia@example.com").wait_for()
    page.get_by_role("button", name="Save these people").press("Control+Enter")
    faults += save(page, "targets")
    faults += save(page, "portal")
    page.wait_for_url("**/desk/setup/")
    page.wait_for_load_state()
    assert faults == []
    assert looking.violations(page) == []
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / "setup-done.png"))
    with scoping.scope(ALL):
        progress = setting_up.progress() or {}
        mia = User.objects.get(email="mia@example.com")
        zone = Calendar.objects.get().versions.order_by("-number")[0].time_zone
    assert {slug for slug, state in progress.items() if state == "done"} == {*FILLED, "targets"}
    assert zone == "Europe/Berlin"
    assert mia.name == "Mia Berg"
