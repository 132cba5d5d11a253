"""docs/add-a-ticket-type.md is followed to the letter, in a copy of the project, and what it promises is tried."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from tests import database

ROOT = Path(settings.BASE_DIR)
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".local", "node_modules", "__pycache__", "static", "docs")
BLOCK = re.compile(r"```(python|diff) file=(\S+)\n(.*?)```", re.DOTALL)

TRIAL = """
import datetime as dt
from django.conf import settings
from django.test import Client
from accounts import tokens
from core import time
from calendars.models import Calendar
from calendars import actions as calendars
from customers import ALL, scope
from slas import standards
from slas.drafts import AgreementDraft, TargetDraft
from slas.models import Timer
from tests import agreed, places
from tickets import actions as common
from tickets import verbs
from tickets.actions import Opening
from tickets.models import Ticket
from inquiries import actions

settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
with time.frozen(places.NOON), scope(ALL):
    world = places.build_world()
    agent, asker = world.actor(world.agent), world.acme.actor(world.acme.requester)
    hours = calendars.create_calendar(
        Calendar(name="Always", time_zone="UTC"), by=places.SYSTEM, at=places.NOON, week=standards.AROUND_THE_CLOCK
    )
    target = TargetDraft(metric="fulfilment", ticket_kind="inquiry", seconds=3600, pauses_on=("customer",))
    resolution = TargetDraft(metric="resolution", seconds=7200)
    agreed.agree(
        AgreementDraft(customer=world.acme.customer, name="Gold", calendar=hours, targets=[target, resolution])
    )
    new = Opening(customer=world.acme.customer, title="How do I print?", requester=world.acme.requester)
    ticket = actions.open(new, by=asker, at=places.NOON)
    number = ticket.number
    (clock,) = Timer.objects.all()
    after = [places.NOON + dt.timedelta(minutes=minutes) for minutes in (0, 10, 30, 60)]
    assert (clock.metric, clock.state, clock.due_at) == ("fulfilment", "running", after[3])
    common.hold(ticket, by=agent, at=after[1], reason="customer", message="Which printer?")
    assert Timer.objects.get().state == "paused"
    common.resume(ticket, by=agent, at=after[2])
    clock.refresh_from_db()
    assert (clock.state, clock.due_at) == ("running", after[3] + dt.timedelta(minutes=20))
    secret = tokens.issue(world.agent, name="t", scopes=["write"], at=dt.datetime.now(dt.UTC))[1]
bearer = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
client = Client(HTTP_HOST="localhost")
answer = client.get(f"/api/v1/inquiries/{number}/", **bearer)
assert answer.status_code == 200, answer.content
verb = f"/api/v1/inquiries/{number}/actions/resolve/"
answer = client.post(verb, {"note": "Press print."}, "application/json", **bearer)
assert (answer.status_code, answer.json()["state"]) == (200, "answered"), answer.content
with scope(ALL):
    clock = Timer.objects.get()
    assert (clock.state, clock.verdict is not None) == ("stopped", True)
answer = client.post(verb, {"note": "Again."}, "application/json", **bearer)
assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed"), answer.content
client.force_login(world.agent)
page = client.get(f"/desk/tickets/{number}/")
assert (page.status_code, b"Answered" in page.content) == (200, True), page.content[:2000]
print("FOLLOWED", number)
"""


def run(folder: Path, environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, f"{' '.join(words)[:80]}\n{done.stdout}{done.stderr}"
    return done.stdout


def follow(folder: Path) -> None:
    """Write the files of the page, and apply its three edits."""
    text = (ROOT / "docs" / "add-a-ticket-type.md").read_text()
    for kind, name, body in BLOCK.findall(text):
        path = folder / name
        if kind == "python":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body)
            continue
        before = "".join(line[1:] for line in body.splitlines(keepends=True) if line[0] in " -")
        after = "".join(line[1:] for line in body.splitlines(keepends=True) if line[0] in " +")
        source = path.read_text()
        assert source.count(before) == 1, f"{name} has no single place for:\n{before}"
        path.write_text(source.replace(before, after))
    (folder / "inquiries" / "migrations" / "__init__.py").touch()


def test_a_stranger_who_follows_the_page_gets_a_ticket_type_that_works_in_every_door(
    tmp_path: Path, committing_db: str
):
    folder = tmp_path / "copy"
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    (folder / "docs").mkdir()
    follow(folder)
    environment = (
        os.environ | database.place().environment(committing_db) | {"LOCAL_DIR": str(tmp_path / "local")}
    )
    second = folder / "inquiries" / "migrations" / "0002_isolation.py"
    held = second.read_text()
    second.unlink()
    run(folder, environment, "manage.py", "makemigrations", "inquiries")
    second.write_text(held)
    run(folder, environment, "manage.py", "migrate", "--verbosity=0")
    run(folder, environment, "manage.py", "write_workflows")
    assert "FOLLOWED INQ-" in run(folder, environment, "manage.py", "shell", "-c", TRIAL)
    assert (folder / "docs" / "workflows" / "inquiry.md").exists()
