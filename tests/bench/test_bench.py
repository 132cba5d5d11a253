"""The bench itself works: every row of its table is asked once of the product's servers, and answered well."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops import files
from tests import database

pytestmark = pytest.mark.committing


@pytest.fixture
def lent_servers(tmp_path: Path) -> dict[str, str]:
    """The environment of a bench that works on the servers of this session and on its migrated template."""
    here = database.place()
    addresses = {"BROKER_URL": here.broker.url(0), "CACHE_URL": here.broker.url(1)}
    described = tmp_path / "servers.json"
    files.write_private_json(described, here.description | {"given": addresses})
    own = {
        "BENCH_SERVERS": str(described),
        "BENCH_BLANK": here.template,
        "SMOKE": "1",
        "LOCAL_DIR": str(tmp_path),
    }
    return os.environ | own


@pytest.mark.timeout(240)
def test_a_small_run_answers_every_row_of_the_table(lent_servers, tmp_path, committing_db):
    found = tmp_path / "found.json"
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--json", str(found)], env=lent_servers, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(found.read_text("utf-8"))
    assert [one["work"] for one in told["rows"] if one["failed"] or not one["median_ms"]] == []
    assert {one["floor"] for one in told["rows"]} == {"list", "json", "insert"}
    assert told["soak"]["failed"] == []
    assert [
        one["figure"] for one in told["lines"] if one["work"] == "streams: changes lost over a reconnect"
    ] == [0]
