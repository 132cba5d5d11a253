"""A PostgreSQL and a Valkey of the bench alone, and one filled database for each size that a second run finds again.

The servers run with the durability of an installation (fsync on); while rows are loaded it is off. What is measured
works in a clone of the filled database, so that every run finds the same rows.
"""

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from ops import postgres, servers

PROJECT = Path(__file__).resolve().parent.parent
WORKING = "bench_now"
_SHAPE = [*sorted(PROJECT.glob("*/migrations/*.py")), postgres.ROLES, PROJECT / "customers" / "isolation.py"]
_ROWS = [PROJECT / "bench" / "town.py", PROJECT / "bench" / "fill.py"]
# What a machine for this product would be given: the defaults of PostgreSQL are those of a very small one.
TUNED = {
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "random_page_cost": "1.1",
    "log_min_messages": "error",
}


@contextlib.contextmanager
def running() -> Iterator[servers.Servers]:
    """Both servers, for the length of the block; BENCH_SERVERS names a description of some that run already."""
    described = os.environ.get("BENCH_SERVERS")
    if described:
        yield _lent(json.loads(Path(described).read_text("utf-8")))
        return
    pair = servers.Servers(home=servers.local_dir() / "bench", given={"BROKER_URL": "", "CACHE_URL": ""})
    pair.start()
    try:
        assert pair.database is not None
        with pair.database.administrator() as cursor:
            for name, value in TUNED.items():
                cursor.execute(f"ALTER SYSTEM SET {name} = '{value}'")
            cursor.execute("SELECT pg_reload_conf()")
        yield pair
    finally:
        pair.stop()


def _lent(described: dict[str, Any]) -> servers.Servers:
    """Servers that somebody else runs, such as those of a test session."""
    addresses = described["environment"]
    password = {
        name: re.search(r":([^:@]+)@", addresses[name])[1] for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
    }
    secrets = {"app": password["DATABASE_URL"], "owner": password["DATABASE_OWNER_URL"],
               "admin": described["admin_password"], "signing": addresses["SECRET_KEY"]}  # fmt: skip
    cluster = postgres.Cluster(servers.local_dir(), secrets["admin"], port=described["port"])
    return servers.Servers(
        home=servers.local_dir(), given=described["given"], database=cluster, secrets=secrets
    )


def environment(pair: servers.Servers, database: str = WORKING) -> dict[str, str]:
    """What a process of the product needs to work in `database`."""
    return os.environ | pair.environment(database) | {"BASE_URL": "http://localhost:8000"}


def filled(
    pair: servers.Servers, size: int, migrate: Callable[[str], None], fill: Callable[[str], None]
) -> str:
    """The name of the database of this size, made where none fits the sources: migrated once, then filled by size."""
    blank = os.environ.get("BENCH_BLANK") or _made(
        pair, f"bench_blank_{_hash(_SHAPE)}", "bench_blank_", "template0", migrate
    )
    return _made(pair, f"bench_{size}_{_hash([*_SHAPE, *_ROWS])}", f"bench_{size}_", blank, fill)


def _made(pair: servers.Servers, name: str, kind: str, template: str, make: Callable[[str], None]) -> str:
    """The database of this name; where it is missing, it is made and those of its kind are dropped."""
    unfinished = f"unfinished_{name}"
    with pair.database.administrator() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'bench\\_%' OR datname LIKE 'unfinished\\_%'"
        )
        found = {row[0] for row in cursor.fetchall()}
        if name in found:
            return name
        for old in found:
            if old.startswith((kind, "unfinished_", WORKING)):
                cursor.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
        cursor.execute("ALTER SYSTEM SET fsync = off")
        cursor.execute("SELECT pg_reload_conf()")
        _copy(cursor, unfinished, template)
    make(unfinished)
    with pair.database.administrator() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("ALTER SYSTEM RESET fsync")
        cursor.execute("SELECT pg_reload_conf()")
        cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    return name


def _copy(cursor: Any, name: str, template: str) -> None:
    cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    cursor.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
    cursor.execute(f'GRANT CONNECT ON DATABASE "{name}" TO itsm_owner, itsm_app')


def clone(pair: servers.Servers, template: str) -> str:
    """A fresh copy of the filled database, under the one name that the servers are told."""
    with pair.database.administrator() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{WORKING}" WITH (FORCE)')
        _copy(cursor, WORKING, template)
    return WORKING


def _hash(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
