"""The whole way with real parts: a report is committed, a nudge wakes a Celery worker, the mail lies in the outbox."""

import email
import subprocess
import sys
import time
from collections.abc import Iterator
from email import policy
from pathlib import Path

import pytest
from django.conf import settings

from core.actor import ALL
from customers import scoping
from notifications.models import Message
from tests.places import build_world

REPORT = """
from accounts import actors
from accounts.models import Person
from core.actor import ALL
from customers import scoping
from incidents import actions
from tickets.actions import Opening
with scoping.scope(ALL) as here:
    person = Person.objects.get(email="requester@acme.example")
    by = actors.with_persons(actors.of_user(person.user))
    actions.open(Opening(customer=person.customer, title="Phone is dead", requester=person), by=by, at=here.at)
"""


@pytest.fixture
def worker(product_environment: dict[str, str], tmp_path: Path) -> Iterator[dict[str, str]]:
    """A Celery worker with a broker's database and an outbox of its own, so that it takes nobody else's work; its
    environment."""
    environment = product_environment | {
        "BROKER_URL": product_environment["BROKER_URL"].rsplit("/", 1)[0] + "/13",
        "LOCAL_DIR": str(tmp_path),
    }
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "itsm",
        "worker",
        "-Q",
        "realtime,mail_out",
        "--pool=solo",
    ]
    with (Path(settings.LOCAL_DIR) / "worker.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log)
    yield environment
    process.terminate()
    try:
        process.wait(20)
    finally:
        process.kill()


def _wait_for(is_so, seconds: float = 60):
    end = time.monotonic() + seconds
    while not (found := is_so()):
        assert time.monotonic() < end
        time.sleep(0.2)
    return found


def test_a_committed_report_is_mailed_by_a_worker(committing_db: str, worker: dict[str, str]):
    with scoping.scope(ALL):
        build_world()
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", REPORT], cwd=settings.BASE_DIR, env=worker, check=True
    )
    outbox = Path(worker["LOCAL_DIR"]) / "outbox"
    (file,) = _wait_for(lambda: list(outbox.glob("message-*.eml")))
    mail = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    assert mail["To"].addresses[0].addr_spec == "requester@acme.example"
    assert "We have received your report “Phone is dead”" in mail.get_body(("plain",)).get_content()
    with scoping.scope(ALL):
        assert [one.state for one in Message.objects.all()] == ["sent"]
