"""The servers that are measured: the production command with two workers, the streams' process, the floors beside."""

import contextlib
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from ops import processes

PROJECT = Path(__file__).resolve().parent.parent


@dataclass
class Serving:
    """Running servers: where they listen, and the processes behind them."""

    web: str
    streams: str
    floor: str
    processes: dict[str, subprocess.Popen]

    def memory(self) -> dict[str, float]:
        """Megabytes of each server with its children, shared pages counted once (PSS)."""
        return {name: sum(map(_pss, _family(one.pid))) / 1024 for name, one in self.processes.items()}


@contextlib.contextmanager
def serving(environment: Mapping[str, str], admin_password: str, logs: Path) -> Iterator[Serving]:
    """Web, streams and floors on free ports of the loopback address."""
    ports = {name: processes.free_port() for name in ("web", "streams", "floor")}
    static = {**environment, "STATIC_ROOT": str(logs / "static")}
    product = {**static, "DJANGO_SETTINGS_MODULE": "bench.settings"}
    bare = {
        **static,
        "DJANGO_SETTINGS_MODULE": "bench.floor_settings",
        "BENCH_ADMIN_PASSWORD": admin_password,
    }
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
    subprocess.run(command, cwd=PROJECT, env=static, check=True)
    started = {
        "web": _start("web", gunicorn(ports["web"]), product, logs),
        "streams": _start("streams", uvicorn(ports["streams"]), product | {"PGAPPNAME": "streams"}, logs),
        "floor": _start("floor", gunicorn(ports["floor"]), bare, logs),
    }
    urls = {name: f"http://localhost:{port}" for name, port in ports.items()}
    try:
        for name, path in (("web", "/health/live"), ("floor", "/floor/"), ("streams", "/live/else/")):
            _wait(f"{urls[name]}{path}", started[name], logs / f"{name}.log")
        yield Serving(**urls, processes=started)
    finally:
        for one in started.values():
            processes.stop(one, signal.SIGTERM, 10)


def gunicorn(port: int) -> list[str]:
    """The command of the image, word for word but for its address."""
    found = re.search(r'CMD (\["gunicorn".*?\])', (PROJECT / "Dockerfile").read_text("utf-8"), re.DOTALL)
    words = json.loads(found[1].replace("\\\n", ""))[1:]
    kept = [word for word in words if not word.startswith("--bind")]
    return [sys.executable, "-m", "gunicorn", *kept, f"--bind={processes.LOOPBACK}:{port}"]


def uvicorn(port: int) -> list[str]:
    """The command of the streams' service, but for its address."""
    line = next(
        one for one in (PROJECT / "docker-compose.yml").read_text("utf-8").splitlines() if "uvicorn" in one
    )
    words = [word.strip().strip('"') for word in line.partition("[")[2].rpartition("]")[0].split(",")][1:]
    kept = [word for word in words if not word.startswith(("--host", "--port"))]
    return [sys.executable, "-m", "uvicorn", *kept, f"--host={processes.LOOPBACK}", f"--port={port}"]


def _start(name: str, command: list[str], environment: Mapping[str, str], logs: Path) -> subprocess.Popen:
    log = logs / f"{name}.log"
    log.unlink(missing_ok=True)
    return processes.start(command, log=log, env=environment, cwd=PROJECT)


def _wait(url: str, process: subprocess.Popen, log: Path) -> None:
    def answers() -> bool:
        try:
            return httpx.get(url, timeout=5).status_code < 500
        except httpx.HTTPError:
            return False

    processes.wait_for(answers, process=process, seconds=60, what=url, log=log)


def _family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += _family(int(child))
    return found


def _pss(pid: int) -> int:
    """Kilobytes of a process, its share of what it shares."""
    said = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+)", said, re.MULTILINE)[1])
