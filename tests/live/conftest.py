"""The streams' process on a database of the test's own, and browsers that listen to it."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Person, User
from core.actor import ALL
from customers import scoping
from tests.places import World, build_world


@dataclass
class Streams:
    """A running process; `url` is where it listens."""

    url: str

    @contextlib.contextmanager
    def open(self, key: str, heard: str = "") -> Iterator[httpx.Response]:
        """An open stream of the login with this session key; `heard`: up to which place it has been here before."""
        again = {"Last-Event-ID": heard} if heard else {}
        place, own = f"{self.url}/live/queue/", {"sessionid": key}
        with httpx.stream("GET", place, cookies=own, headers=again, timeout=30) as answer:
            yield answer


@pytest.fixture
def town(committing_db: str) -> World:
    """The world, committed, with no scope open."""
    with scoping.scope(ALL):
        return build_world()


@pytest.fixture
def session_of(town: World) -> Callable[[Person | User], str]:
    """Sign a login in; the value is its session's key."""

    def sign_in(who: Person | User) -> str:
        client = Client()
        client.force_login(who if isinstance(who, User) else who.user)
        return client.cookies["sessionid"].value

    return sign_in


def start(environment: dict[str, str]) -> tuple[subprocess.Popen, str]:
    """Start the process, and wait until it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "itsm.asgi:application", "--host=127.0.0.1", f"--port={port}",
         "--lifespan=off", "--timeout-graceful-shutdown=1", "--log-level=critical"],
        env=environment | {"PYTHONPATH": str(Path.cwd()), "SECRET_KEY": settings.SECRET_KEY},
    )  # fmt: skip
    for _ in range(900):  # a busy machine takes its time
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return process, f"http://127.0.0.1:{port}"
        time.sleep(0.1)
    process.kill()
    raise AssertionError("the streams' process did not start")


@pytest.fixture
def streams(product_environment: dict[str, str]) -> Iterator[Streams]:
    process, url = start(product_environment)
    yield Streams(url)
    process.terminate()
    process.wait(10)


@pytest.fixture
def streams_without_redis(product_environment: dict[str, str]) -> Iterator[Streams]:
    process, url = start(product_environment | {"CACHE_URL": "redis://127.0.0.1:9/1"})
    yield Streams(url)
    process.terminate()
    process.wait(10)
