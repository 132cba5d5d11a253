"""`make run`: everything a first look needs, from one command, ended by one Ctrl-C.

Order: the lock of the folder, the port, the front end's build beside the servers, roles, migrations, demo data,
collected files, then web, streams, front, and once they answer worker and beat. Whatever dies is started again.
"""

import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from ops import children, files, frontend, postgres, processes, refusals, servers

PROJECT = Path(__file__).resolve().parent.parent
ANSWER_SECONDS = 120.0
PEOPLE = ("first_administrator.json", "demo_people.json")  # who can sign in, as the commands wrote it down
SERVER_PAUSE_SECONDS = 2.0


class Supervisor:
    """One `make run` on one LOCAL_DIR."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self.home = home
        self.given = environment
        self.port = read_port(environment)
        self.url = environment.get("BASE_URL") or f"http://localhost:{self.port}"
        self.servers = servers.Servers(home=home, given=environment)
        self.children: list[children.Child] = []
        self.is_stopping = False
        self._lock: IO[str] | None = None
        self._guardian: subprocess.Popen[bytes] | None = None
        self._building: subprocess.Popen[bytes] | None = None
        self._server_pids: dict[str, int] = {}

    def run(self) -> None:
        """Start, watch and end everything. Raises a refusal where it cannot start; then nothing is left running."""
        files.private_folder(self.home)
        self._lock = self._take_lock()
        require_port(self.port)
        refusals.require_room(self.home)
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._ask_to_stop)
        try:
            self._start()
            while not self.is_stopping:
                self._look_after()
                time.sleep(0.25)
        except StoppedError:
            self._say("Asked to stop while still starting: ending what was started.")
        finally:
            for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(sign, signal.SIG_IGN)
            self._stop()

    def _start(self) -> None:
        began = time.monotonic()
        self._forget()
        self._guardian = start_guardian(*self._descriptions)
        self._start_build()
        self._say("Starting PostgreSQL and Valkey ...")
        self.servers.start()
        self._note_servers()
        env = self._environment()
        files.write_private_json(self.home / "servers.json", {"environment": self._shared(env)})
        self._migrate(env)
        self._load_demo(env)
        self._finish_build()
        self._collect(env)
        self._start_product(env)
        self._describe()
        self._say(self._welcome(time.monotonic() - began))

    def _start_product(self, env: dict[str, str]) -> None:
        logs = files.private_folder(self.home / "log")
        self.children = children.product(children.Ports(front=self.port), env, logs, self._tell_guardian)
        first, later = self.children[:3], self.children[3:]
        for child in first:
            child.start()
        self._wait_until_answering(first)
        for child in later:
            child.start()

    def _wait_until_answering(self, first: list[children.Child]) -> None:
        web = first[0]
        processes.wait_for(
            lambda: self._unless_stopped() and all(answers(self.port, path) for path in ("/health/ready", "/live/")),
            process=web.process, seconds=ANSWER_SECONDS, what="The web process", log=web.log,
        )  # fmt: skip

    def _look_after(self) -> None:
        changed = [child.look_after() for child in self.children]
        changed.append(self._look_after_servers())
        for sentence in filter(None, changed):
            self._say(sentence)
        if any(changed):
            self._describe()

    def _look_after_servers(self) -> str | None:
        for name, server in (("postgres", self.servers.database), ("valkey", self.servers.broker)):
            if server is not None and server.process is not None and server.process.poll() is not None:
                code = server.process.returncode
                try:
                    server.restart()
                except refusals.RefusalError as refusal:
                    # What the dead one left (its own processes, its memory) takes a moment to go.
                    time.sleep(SERVER_PAUSE_SECONDS)
                    return f"{name} ended ({code}) and does not start yet: {refusal}"
                self._note_servers()
                return f"{name} ended ({code}) and runs again."
        return None

    def _stop(self) -> None:
        if self.children or self._server_pids:
            self._say("Stopping ...")
        if self._building is not None:
            processes.stop(self._building, signal.SIGTERM, 3)
        for child in reversed(self.children):
            if child.process is not None and child.process.poll() is None:
                child.process.send_signal(child.ending)
        for child in reversed(self.children):
            child.stop()
        self.servers.stop()
        self._forget()
        if self._guardian is not None and self._guardian.stdin is not None:
            self._guardian.communicate(b"done\n")
        if self._lock is not None:
            self._lock.close()

    def _forget(self) -> None:
        for description in self._descriptions:
            description.unlink(missing_ok=True)

    @property
    def _descriptions(self) -> list[Path]:
        return [self.home / "run.json", self.home / "servers.json"]

    def _take_lock(self) -> IO[str]:
        lock = files.find_lock(self.home / "supervisor.lock")
        if lock is None:
            running = files.find_json(self.home / "run.json") or {}
            where = f" at {running['url']}" if "url" in running else ""
            raise refusals.RefusalError(
                f"make run is already up on {self.home}{where}: stop it first, or give this one another LOCAL_DIR."
            )
        return lock

    def _environment(self) -> dict[str, str]:
        own = {
            "BASE_URL": self.url,
            "PORT": str(self.port),
            "LOCAL_DIR": str(self.home.resolve()),
            "PYTHONUNBUFFERED": "1",
        }
        return self.given | self.servers.environment() | own

    @staticmethod
    def _shared(env: dict[str, str]) -> dict[str, str]:
        names = (
            "DATABASE_URL",
            "DATABASE_OWNER_URL",
            "BROKER_URL",
            "CACHE_URL",
            "SECRET_KEY",
            "BASE_URL",
            "PORT",
        )
        return {name: env[name] for name in names if name in env}

    def _start_build(self) -> None:
        if frontend.is_built():
            return
        self._say("Building the front end ...")
        log = files.private_folder(self.home / "log") / "frontend.log"
        log.unlink(missing_ok=True)
        self._building = processes.start([sys.executable, "-m", "ops.frontend"], cwd=PROJECT, log=log)
        self._tell_guardian(self._building.pid)

    def _finish_build(self) -> None:
        while self._building is not None and self._building.poll() is None:
            self._unless_stopped()
            time.sleep(0.1)
        if self._building is not None and self._building.returncode:
            raise refusals.RefusalError((self.home / "log" / "frontend.log").read_text("utf-8").strip())

    def _migrate(self, env: dict[str, str]) -> None:
        self._once(
            "migrated", fingerprint("*/migrations/*.py"), lambda: self._manage(env, "migrate", "Migrating")
        )

    def _load_demo(self, env: dict[str, str]) -> None:
        if self.given.get("DATABASE_URL"):
            return
        if self.given.get("DEMO") == "none":
            email = self.given.get("ADMIN_EMAIL") or "admin@example.com"
            self._once(
                "demo",
                "none",
                lambda: self._manage(env, "begin", "Making the first administrator", "--email", email),
            )
            return
        self._once(
            "demo", "loaded", lambda: self._manage(env, "demo", "Loading the demo data", "--first-start")
        )

    def _collect(self, env: dict[str, str]) -> None:
        stamp = fingerprint("*/static/**/*") + frontend.fingerprint()
        self._once(
            "collected",
            stamp,
            lambda: self._manage(env, "collectstatic", "Collecting files", "--no-input", "--clear"),
        )

    def _once(self, name: str, stamp: str, work: Callable[[], None]) -> None:
        """Do the work unless the stamp of that name says it is done; what others own is never assumed done."""
        kept = self.home / "stamps" / name
        is_ours = name == "collected" or self.servers.database is not None
        if is_ours and kept.exists() and kept.read_text("utf-8") == stamp:
            return
        files.private_folder(kept.parent)
        work()
        files.write_private(kept, stamp)

    def _manage(self, env: dict[str, str], command: str, what: str, *arguments: str) -> None:
        self._unless_stopped()
        self._say(f"{what} ...")
        log = files.private_folder(self.home / "log") / f"{command}.log"
        log.unlink(missing_ok=True)
        process = processes.start(
            [sys.executable, "manage.py", command, *arguments],
            cwd=PROJECT,
            log=log,
            env=env,
            ending=signal.SIGKILL,
        )
        self._tell_guardian(process.pid)
        try:
            while process.poll() is None:
                self._unless_stopped()
                time.sleep(0.05)
        finally:
            processes.stop(process, signal.SIGTERM, 3)
        if process.returncode:
            raise self._failure(what, log)

    def _failure(self, what: str, log: Path) -> refusals.RefusalError:
        said = processes.last_words(log.read_text("utf-8", "replace"))
        if "No space left on device" in said or "could not extend file" in said:
            return refusals.full_disk(self.home)
        return refusals.RefusalError(f"{what} failed: {said}")

    def _note_servers(self) -> None:
        self._server_pids = self.servers.pids()
        for pid in self._server_pids.values():
            self._tell_guardian(pid)

    def _tell_guardian(self, pid: int) -> None:
        if self._guardian is not None and self._guardian.stdin is not None:
            self._guardian.stdin.write(f"{pid}\n".encode())
            self._guardian.stdin.flush()

    def _describe(self) -> None:
        running = {child.name: child.process.pid for child in self.children if child.process is not None}
        files.write_private_json(
            self.home / "run.json",
            {
                "url": self.url,
                "pids": {"supervisor": os.getpid()} | self._server_pids | running,
                "people": self._people(),
            },
        )

    def _people(self) -> list[dict[str, Any]]:
        found = (files.find_json(self.home / name) or [] for name in PEOPLE)
        return [person for people in found for person in people]

    def _welcome(self, seconds: float) -> str:
        people = self._people()
        first = {person["role"]: person for person in reversed(people)}
        shown = [person for person in people if first[person["role"]] is person]
        lines = [f"\nClause8 answers at {self.url} (after {seconds:.0f} s).", ""]
        lines += [
            "  {:<44}{:<24}{}".format(person["email"], person["password"], role_of(person))
            for person in shown
        ]
        if len(people) > len(shown):
            lines.append(f"  ... and {len(people) - len(shown)} more in {self.home / 'run.json'}")
        return "\n".join([*lines, "", "Ctrl-C ends it."])

    def _ask_to_stop(self, *_: object) -> None:
        self.is_stopping = True

    def _unless_stopped(self) -> bool:
        if self.is_stopping:
            raise StoppedError
        return True

    @staticmethod
    def _say(sentence: str) -> None:
        sys.stdout.write(sentence + "\n")
        sys.stdout.flush()


class StoppedError(Exception):
    """Somebody asked to stop before everything had started."""


def role_of(person: dict[str, Any]) -> str:
    """Return what a demo person is, and at which customer where it is one alone."""
    role = str(person["role"]).replace("_", " ")
    return f"{role} at {person['customer']}" if person.get("customer") else role


def read_port(environment: dict[str, str]) -> int:
    """Return PORT. Raises a refusal where it is not a port."""
    value = environment.get("PORT") or "8000"
    if not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise refusals.RefusalError(f"PORT is “{value}”: write a whole number from 1 to 65535.")
    return int(value)


def require_port(port: int) -> None:
    """Raise a refusal where somebody else listens on the port, at either address that localhost means."""
    for family, host in ((socket.AF_INET, processes.LOOPBACK), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except PermissionError as error:
            raise refusals.RefusalError(
                f"Port {port} is reserved for the system: choose one above 1023, as in make run PORT=8001."
            ) from error
        except OSError as error:
            if error.errno == 98 or "in use" in str(error):
                raise refusals.RefusalError(
                    f"Port {port} is taken by another program: end that one, or choose another port, as in "
                    f"make run PORT={port + 1 if port < 65535 else port - 1}."
                ) from error


def answers(port: int, path: str) -> bool:
    """Whether the front and the process behind it give an answer that is not a failure of theirs."""
    connection = http.client.HTTPConnection("localhost", port, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def start_guardian(*descriptions: Path) -> "subprocess.Popen[bytes]":
    """Start the process that ends what we started, and deletes what described it, if we are killed outright."""
    return subprocess.Popen(
        [sys.executable, "-I", Path(__file__).with_name("guardian.py"), *descriptions],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def fingerprint(*patterns: str) -> str:
    """Return the hash of the project's files of these patterns and of the locked packages."""
    digest = hashlib.sha256((PROJECT / "requirements" / "run.txt").read_bytes() + postgres.ROLES.read_bytes())
    for pattern in patterns:
        for path in sorted(PROJECT.glob(pattern)):
            name = path.relative_to(PROJECT)
            if path.is_file() and not name.parts[0].startswith("."):
                digest.update(str(name).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def main() -> None:
    """Run until asked to stop; refusals are one sentence and exit code 1."""
    home = servers.local_dir()
    if os.environ.get("MAKELEVEL"):
        processes.end_when_parent_ends()
    try:
        Supervisor(home, dict(os.environ)).run()
    except refusals.RefusalError as refusal:
        refusals.end(refusal)
    except OSError as error:
        refusals.end(refusals.from_os_error(error, home))


if __name__ == "__main__":
    main()
