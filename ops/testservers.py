"""The throw-away servers that tests run on: one pair for everybody who tests in this checkout at the same time.

A test session holds a shared lock on `lease` while it lives. The first one finds no servers and starts this module as
a process of its own; it ends once nobody has held the lease for the seconds of TEST_SERVERS_LINGER.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

from ops import files, processes, refusals, servers

DESCRIPTION = "servers.json"
LINGER_SECONDS = 2.0 if os.environ.get("CI") else 120.0


def home() -> Path:
    """Return the folder of the test servers."""
    return servers.local_dir() / "test"


def hold() -> tuple[dict[str, Any], IO[str]]:
    """Return the description of running servers, started if need be, and the open lease that keeps them."""
    place = files.private_folder(home())
    lease = (place / "lease").open("a+", encoding="utf-8")
    fcntl.flock(lease, fcntl.LOCK_SH)
    with (place / "starting").open("a+", encoding="utf-8") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        described = files.find_json(place / DESCRIPTION)
        if described is None or not processes.is_alive(described["pid"]):
            described = _start(place)
    return described, lease


def _start(place: Path) -> dict[str, Any]:
    (place / DESCRIPTION).unlink(missing_ok=True)
    log = place / "servers.log"
    with log.open("wb") as words:
        process = subprocess.Popen(
            [sys.executable, "-m", "ops.testservers"], cwd=Path(__file__).parent.parent, stdin=subprocess.DEVNULL,
            stdout=words, stderr=words, start_new_session=True,
        )  # fmt: skip
    processes.wait_for(
        (place / DESCRIPTION).exists, process=process, seconds=90, what="The test servers", log=log
    )
    # The process outlives this session on purpose; nobody waits for it here.
    process.returncode = 0
    return dict(files.find_json(place / DESCRIPTION))


def serve(place: Path, linger_seconds: float) -> None:
    """Run the servers until nobody has held the lease for `linger_seconds`, or SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    shutil.rmtree(place / "postgres", ignore_errors=True)
    # Each session starts a broker of its own: messages and counters are not for everybody.
    pair = servers.Servers(home=place, given={"BROKER_URL": "own", "CACHE_URL": "own"}, throw_away=True)
    pair.start()
    try:
        assert pair.database is not None
        description = {
            "pid": os.getpid(),
            "environment": pair.environment(),
            "admin_password": pair.secrets["admin"],
            "port": pair.database.port,
        }
        files.write_private_json(place / DESCRIPTION, description)
        _wait_until_unused(place, linger_seconds)
    finally:
        (place / DESCRIPTION).unlink(missing_ok=True)
        pair.stop()
        shutil.rmtree(place / "postgres", ignore_errors=True)


def _wait_until_unused(place: Path, linger_seconds: float) -> None:
    with (place / "lease").open("a+", encoding="utf-8") as lease:
        unused_since = time.monotonic()
        while True:
            try:
                fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                unused_since = time.monotonic()
            else:
                if time.monotonic() - unused_since >= linger_seconds:
                    # Held while the servers go down: a session that comes now waits and starts new ones.
                    (place / DESCRIPTION).unlink(missing_ok=True)
                    return
                fcntl.flock(lease, fcntl.LOCK_UN)
            time.sleep(0.25)


if __name__ == "__main__":
    try:
        serve(home(), float(os.environ.get("TEST_SERVERS_LINGER", LINGER_SECONDS)))
    except refusals.RefusalError as refusal:
        refusals.end(refusal)
