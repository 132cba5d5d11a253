"""Databases for tests: a template built once by the owner, and clones of it that the application role works in.

The template's name is a hash of all migrations, the roles and the locked packages, so a changed migration makes a new
one and an unchanged one costs nothing. A clone takes a tenth of a second; nothing is ever flushed, because the
application role may not TRUNCATE.
"""

import atexit
import contextlib
import fcntl
import hashlib
import itertools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.db import connections

from itsm import celery_app
from ops import files, postgres, testservers, valkey

PROJECT = Path(__file__).resolve().parent.parent
KEPT_TEMPLATES = 4
_counter = itertools.count(1)


@dataclass
class Place:
    """The running test servers as this process knows them, and the lease that keeps them running."""

    description: dict[str, Any]
    lease: IO[str]
    broker: valkey.Server
    template: str = ""
    clones: list[str] = field(default_factory=list)

    @property
    def cluster(self) -> postgres.Cluster:
        return postgres.Cluster(
            home=testservers.home(),
            password=self.description["admin_password"],
            port=self.description["port"],
        )

    def environment(self, database: str) -> dict[str, str]:
        """Return what a process of the product needs to work in `database`."""
        own = {
            name: re.sub(r"/[^/]*$", f"/{database}", self.description["environment"][name])
            for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
        }
        addresses = {"BROKER_URL": self.broker.url(0), "CACHE_URL": self.broker.url(1)}
        return dict(self.description["environment"]) | own | addresses | {"BASE_URL": "http://localhost:8000"}


_place: Place | None = None


def place() -> Place:
    """Return the test servers with a template that fits the migrations; starts and builds what is missing."""
    global _place  # noqa: PLW0603 - one for each process
    if _place is None:
        description, lease = testservers.hold()
        _place = Place(description, lease, _own_broker())
        _place.template = _ensure_template(_place)
        atexit.register(_drop_all, _place)
    return _place


def _own_broker() -> valkey.Server:
    """Start a Valkey for this process alone: what one session publishes, counts or queues, no other may hear."""
    folder = files.private_folder(testservers.home() / "brokers")
    for left in folder.iterdir():
        if not _runs(int(left.name)):
            shutil.rmtree(left, ignore_errors=True)
    server = valkey.Server(
        home=files.private_folder(folder / str(os.getpid())), password="test", throw_away=True
    )
    server.start()
    return server


def clone() -> str:
    """Return the name of a fresh database with every migration applied and no rows but theirs."""
    here = place()
    name = f"itsm_test_{os.getpid()}_{next(_counter)}"
    with here.cluster.administrator() as cursor:
        postgres.make_database(cursor, name, template=here.template)
    here.clones.append(name)
    return name


def drop(name: str) -> None:
    """Remove a clone, whoever is still connected to it."""
    here = place()
    with here.cluster.administrator() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    here.clones.remove(name)


def work_in(name: str) -> None:
    """Point this process at the database `name` as the application role, and at the test servers for the rest."""
    described = place().environment(name)
    address = re.fullmatch(r"postgresql://([^:]+):([^@]+)@([^:]+):(\d+)/(.+)", described["DATABASE_URL"])
    assert address is not None
    connections.close_all()
    connections.settings["default"].update(
        zip(("USER", "PASSWORD", "HOST", "PORT", "NAME"), address.groups(), strict=True)
    )
    settings.CACHE_URL = settings.CACHES["default"]["LOCATION"] = described["CACHE_URL"]
    settings.CELERY_BROKER_URL = described["BROKER_URL"]
    celery_app.conf.broker_url = described["BROKER_URL"]
    with contextlib.suppress(AttributeError):
        del caches["default"]


@contextlib.contextmanager
def fresh() -> Iterator[str]:
    """Work in a database of one's own, where commits are real, for the length of the block."""
    before = connections.settings["default"]["NAME"]
    name = clone()
    work_in(name)
    try:
        yield name
    finally:
        connections.close_all()
        connections.settings["default"]["NAME"] = before
        drop(name)


def _ensure_template(here: Place) -> str:
    name = f"itsm_template_{_fingerprint()}"
    with (testservers.home() / "template.lock").open("a+", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with here.cluster.administrator() as cursor:
            _sweep(cursor, keep=name)
            if postgres.has_database(cursor, name):
                return name
            unfinished = f"itsm_building_{os.getpid()}"
            postgres.make_database(cursor, unfinished)
        try:
            _build(here, unfinished)
        except BaseException:
            with here.cluster.administrator() as cursor:
                cursor.execute(f'DROP DATABASE "{unfinished}" WITH (FORCE)')
            raise
        with here.cluster.administrator() as cursor:
            cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    return name


def _build(here: Place, name: str) -> None:
    passwords = {
        role: re.search(r":([^:@]+)@", here.description["environment"][variable])[1]  # type: ignore[index]
        for role, variable in (("owner", "DATABASE_OWNER_URL"), ("app", "DATABASE_URL"))
    }
    with here.cluster.administrator(name) as cursor:
        postgres.apply_roles(cursor, **passwords)
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0", "--skip-checks"],
        cwd=PROJECT, env=os.environ | here.environment(name), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise AssertionError(f"The migrations do not run on an empty database:\n{done.stdout}{done.stderr}")


def _fingerprint() -> str:
    digest = hashlib.sha256()
    folders = sorted(Path(app.path) / "migrations" for app in apps.get_app_configs())
    own = [
        path for folder in folders if folder.is_relative_to(PROJECT) for path in sorted(folder.glob("*.py"))
    ]
    for path in [*own, *_written_by_migrations(), postgres.ROLES, PROJECT / "requirements" / "run.txt"]:
        digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _written_by_migrations() -> list[Path]:
    """What migrations execute without holding its text: operations and the apps that are installed."""
    named = [PROJECT / "customers" / "isolation.py", PROJECT / "itsm" / "settings.py"]
    return [*named, *sorted(PROJECT.glob("*/sql/*.sql"))]


def _sweep(cursor: Any, keep: str) -> None:
    """Drop what killed sessions left, and templates of migrations that are gone."""
    cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^itsm_(test|building)_' ORDER BY oid")
    left = [name for (name,) in cursor.fetchall() if not _runs(int(name.split("_")[2]))]
    cursor.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE 'itsm\\_template\\_%' ORDER BY oid DESC"
    )
    left += [name for (name,) in cursor.fetchall()[KEPT_TEMPLATES:] if name != keep]
    for name in left:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _runs(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists() if Path("/proc").is_dir() else True


def _drop_all(here: Place) -> None:
    connections.close_all()
    with contextlib.suppress(
        Exception
    ):  # the servers may be gone already; what is left is swept by the next session
        for name in list(here.clones):
            drop(name)
    here.broker.stop()
    shutil.rmtree(here.broker.home, ignore_errors=True)
    here.lease.close()
