"""One `make run` from its first start to its last process, in a path with a space under a closed home."""

import contextlib
import http.client
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ops import files, processes

PROJECT = Path(__file__).resolve().parents[2]
PROCESSES = {"supervisor", "postgres", "valkey", "web", "streams", "front", "worker", "beat"}

pytestmark = [
    pytest.mark.skipif(not Path("/proc").is_dir(), reason="Processes are counted in /proc."),
    pytest.mark.xdist_group("run"),
    pytest.mark.timeout(600),
]


class Run:
    """A supervisor on a folder of its own."""

    def __init__(self, home: Path) -> None:
        self.local = home / "with a space" / ".local"
        self.port = processes.free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> dict[str, Any]:
        """Start, and return run.json once the address answers."""
        given = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"]}
        with (self.local.parent / "words").open("ab") as words:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ops.supervisor"],
                cwd=PROJECT,
                env=given | {"LOCAL_DIR": str(self.local), "PORT": str(self.port)},
                stdout=words,
                stderr=words,
            )
        own = self.process
        wait_until(
            lambda: own.poll() is not None or self.described()["pids"].get("supervisor") == own.pid, 180
        )
        assert own.poll() is None, (self.local.parent / "words").read_text("utf-8")
        return self.described()

    def described(self) -> dict[str, Any]:
        """Return run.json, which says nothing before the address answers."""
        return files.find_json(self.local / "run.json") or {"pids": {}}

    def end(self, sign: int) -> None:
        """Send a signal to the supervisor, and wait for it."""
        assert self.process is not None
        self.process.send_signal(sign)
        self.process.wait(60)

    def left(self) -> list[str]:
        """Return what still runs of it: everything that has its folder as a place or in its environment."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                told = f"LOCAL_DIR={self.local}".encode() in (entry / "environ").read_bytes()
                placed = (entry / "cwd").readlink().is_relative_to(self.local)
                if (told or placed) and "State:\tZ" not in (entry / "status").read_text("utf-8"):
                    found.append((entry / "cmdline").read_text("utf-8").replace("\0", " "))
        return found

    def answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.local.parent / "words").read_text("utf-8")
        return self.status("/") < 500

    def status(self, path: str) -> int:
        with contextlib.closing(http.client.HTTPConnection("localhost", self.port, timeout=30)) as connection:
            connection.request("GET", path)
            return connection.getresponse().status


def wait_until(holds: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "It did not come true in time."
        time.sleep(0.1)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    home = tmp_path / "home"
    (home / "with a space" / ".local" / "stamps").mkdir(parents=True)
    home.chmod(0o700)
    one = Run(home)
    # The demo data has tests of its own; here it is about processes.
    files.write_private(one.local / "stamps" / "demo", "loaded")
    yield one
    if one.process is not None and one.process.poll() is None:
        one.process.send_signal(signal.SIGTERM)
        one.process.wait(60)


def test_make_run_starts_ends_survives_and_leaves_nothing_behind(run: Run) -> None:
    home = run.local.parents[1]

    described = run.start()
    assert described["url"] == f"http://localhost:{run.port}"
    assert set(described["pids"]) == PROCESSES
    assert all(processes.is_alive(pid) for pid in described["pids"].values())
    assert stat.S_IMODE((run.local / "run.json").stat().st_mode) == 0o600
    assert run.status("/") < 500

    # What dies is started again, under the same address.
    os.kill(described["pids"]["web"], signal.SIGKILL)
    os.kill(described["pids"]["postgres"], signal.SIGKILL)
    wait_until(lambda: run.described()["pids"]["web"] != described["pids"]["web"], 60)
    wait_until(run.answers, 60)

    # Ctrl-C ends all of it, in good order.
    run.end(signal.SIGINT)
    assert run.process is not None
    assert run.process.returncode == 0, (run.local.parent / "words").read_text("utf-8")
    wait_until(lambda: run.left() == [], 5)
    assert not (run.local / "run.json").exists()

    # A second start finds everything made.
    began = time.monotonic()
    run.start()
    assert time.monotonic() - began < 40, "Alone on its machine it takes under 15 s; tests share theirs."

    # Killed outright, it leaves nothing behind either, and the next start works.
    run.end(signal.SIGKILL)
    wait_until(lambda: run.left() == [], 20)
    run.start()
    assert run.status("/") < 500
    run.end(signal.SIGTERM)
    wait_until(lambda: run.left() == [], 5)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
