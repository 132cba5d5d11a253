"""With Redis gone, the cache remembers in memory: throttles and sign-in limits go on, and nothing fails."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from itsm.cache import FailSafeCache
from ops import valkey


@pytest.fixture
def server(tmp_path: Path) -> Iterator[valkey.Server]:
    one = valkey.Server(home=tmp_path, password="secret", throw_away=True)
    one.start()
    yield one
    one.stop()


def test_the_cache_goes_on_without_redis_and_comes_back_to_it(
    server: valkey.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("itsm.cache.PATIENCE_SECONDS", 0.0)
    cache = FailSafeCache(server.url(1), {"OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}})
    cache.set("kept", "in redis")
    assert cache.get("kept") == "in redis"

    server.stop()
    assert cache.get("kept") is None
    assert cache.add("attempts", 1)
    assert cache.incr("attempts") == 2
    cache.set_many({"a": 1, "b": 2})
    assert cache.get_many(["a", "b"]) == {"a": 1, "b": 2}
    assert cache.get_or_set("made", lambda: "here") == "here"
    cache.delete("made")
    assert "made" not in cache

    server.restart()
    assert cache.get("attempts") is None
    cache.set("kept", "again")
    assert cache.get("kept") == "again"


def test_a_failure_is_not_tried_again_at_once(server: valkey.Server) -> None:
    cache = FailSafeCache(server.url(1), {})
    server.stop()
    cache.set("a", 1)
    server.restart()
    assert cache.get("a") == 1, "For some seconds after a failure memory answers, without a wait."
