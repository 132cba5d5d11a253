"""The product's own processes, as one machine runs them: their commands, and what happens when one dies."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ops import frontend, processes

PROJECT = Path(__file__).resolve().parent.parent
QUEUES = "realtime,timers,mail_out,bulk"
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
SETTLED_SECONDS = 60.0


@dataclass
class Child:
    """One program that is kept running: after a death it is started again, each time after a longer pause."""

    name: str
    command: list[str]
    env: Mapping[str, str]
    log: Path
    told: Callable[[int], None]
    ending: int = signal.SIGTERM
    patience_seconds: float = 10.0
    process: subprocess.Popen[bytes] | None = None
    _started_at: float = 0.0
    _pause: float = FIRST_PAUSE_SECONDS
    _again_at: float | None = None

    def start(self) -> None:
        """Start the program and say its number."""
        self.process = processes.start(
            self.command, log=self.log, env=self.env, cwd=PROJECT, ending=self.ending
        )
        self._started_at, self._again_at = time.monotonic(), None
        self.told(self.process.pid)

    def look_after(self) -> str | None:
        """Start the program again where it died and its pause is over; return a sentence when something changed."""
        if self.process is None or self.process.poll() is None:
            return None
        now = time.monotonic()
        if self._again_at is None:
            processes.kill_group(self.process.pid)
            if now - self._started_at > SETTLED_SECONDS:
                self._pause = FIRST_PAUSE_SECONDS
            self._again_at = now + self._pause
            pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE_SECONDS)
            code = self.process.returncode
            return f"{self.name} ended ({code}); starting it again in {pause:.0f} s. Its words: {self.log}"
        if now >= self._again_at:
            self.start()
            return f"{self.name} runs again."
        return None

    def stop(self) -> None:
        """End the program in its own good order, by force once its patience is over."""
        if self.process is not None:
            processes.stop(self.process, self.ending, self.patience_seconds)


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Where the processes of this machine listen; only `front` is anybody else's business."""

    front: int
    pages: int = field(default_factory=processes.free_port)
    streams: int = field(default_factory=processes.free_port)


def product(ports: Ports, env: Mapping[str, str], logs: Path, told: Callable[[int], None]) -> list[Child]:
    """Return the product's processes in the order in which they start; they end in the opposite one."""
    node = str(frontend.get_node().program)
    fronts = {
        **env,
        "PORT": str(ports.front),
        "PAGES_PORT": str(ports.pages),
        "STREAMS_PORT": str(ports.streams),
    }
    celery = [sys.executable, "-m", "celery", "-A", "itsm"]
    commands = {
        "web": [
            sys.executable, "-m", "gunicorn", "itsm.wsgi:application", f"--bind={processes.LOOPBACK}:{ports.pages}",
            "--worker-class=gthread", "--workers=2", "--threads=8", "--preload", "--keep-alive=75", "--timeout=60",
            "--graceful-timeout=8", "--no-control-socket", f"--worker-tmp-dir={memory_folder(logs)}",
        ],
        "streams": [
            sys.executable, "-m", "uvicorn", "itsm.asgi:application", f"--host={processes.LOOPBACK}",
            f"--port={ports.streams}", "--lifespan=off", "--timeout-keep-alive=75", "--timeout-graceful-shutdown=2",
            "--no-server-header", "--no-access-log", "--no-proxy-headers", "--log-level=warning",
        ],
        "front": [node, str(PROJECT / "ops" / "front.mjs")],
        "worker": [
            *celery, "worker", f"--queues={QUEUES}", "--concurrency=2", "--loglevel=INFO", "--without-gossip",
            "--without-mingle", "--without-heartbeat", "--hostname=worker@%h",
        ],
        "beat": [*celery, "beat", "--scheduler=celery.beat:Scheduler", "--loglevel=INFO", "--pidfile="],
    }  # fmt: skip
    children = [
        Child(name, command, fronts if name == "front" else env, logs / f"{name}.log", told)
        for name, command in commands.items()
    ]
    for child in children:
        child.log.unlink(missing_ok=True)
    return children


def memory_folder(otherwise: Path) -> Path:
    """Return a folder in memory for heartbeats, which a busy disk must not delay."""
    shared = Path("/dev/shm")  # noqa: S108 - gunicorn makes an unnamed file in it
    return shared if os.access(shared, os.W_OK) else otherwise
