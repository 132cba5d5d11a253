"""An import of real size, measured: `python -m bench.import_incidents FILE [--times 50] [--mapping M.toml]`.

Makes a throw-away database and, for `--times`, a file that many times as large: each copy's records have numbers of
their own. Prints seconds, rows a second and the peak of the importer's memory, for a first and for a second run.
"""

import argparse
import csv
import gzip
import os
import resource
import subprocess
import sys
import tempfile
import time as clock
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itsm.settings")
django.setup()

from accounts import actions as accounts  # noqa: E402
from core import actor as actors  # noqa: E402
from core.actor import ALL  # noqa: E402
from customers import scoping  # noqa: E402
from customers.models import Customer  # noqa: E402
from tests import database  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
MAPPING = ROOT / "imports" / "mappings" / "servicenow_event_log.toml"


def enlarge(source: Path, target: Path, times: int) -> int:
    """Write `times` copies of the file, each with record numbers of its own. Returns the number of rows."""
    opened = gzip.open if source.suffix == ".gz" else open
    rows = 0
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        for copy in range(times):
            with opened(source, "rt", encoding="utf-8", newline="") as file:
                reader = csv.reader(file)
                header = next(reader)
                if copy == 0:
                    writer.writerow(header)
                place = header.index("number")
                for row in reader:
                    row[place] = f"{row[place]}-{copy}" if times > 1 else row[place]
                    writer.writerow(row)
                    rows += 1
    return rows


def run(file: Path, mapping: str, database_name: str) -> tuple[float, float, int, str]:
    """One run in a process of its own: seconds, peak memory in MB of this and earlier children, exit code, report."""
    environment = os.environ | database.place().environment(database_name) | {"LOCAL_DIR": str(file.parent)}
    began = clock.perf_counter()
    done = subprocess.run(
        [sys.executable, "manage.py", "import_incidents", str(file), "--mapping", mapping, "--customer", "bench"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return clock.perf_counter() - began, peak, done.returncode, done.stdout + done.stderr


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--mapping", default=str(MAPPING))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, database.fresh() as name:
        by = actors.system("bench")
        with scoping.scope(ALL) as here:
            provider = Customer(slug="provider", name="Provider", is_provider=True)
            accounts.create_customer(provider, by=by, at=here.at)
            accounts.create_customer(Customer(slug="bench", name="Bench"), by=by, at=here.at)
        file = Path(folder) / "incidents.csv"
        rows = enlarge(options.file, file, options.times)
        for what in ("first run", "second run"):
            seconds, peak, code, said = run(file, options.mapping, name)
            speed = f"{rows / seconds:,.0f} rows/s"
            print(f"{what}: {rows:,} rows in {seconds:.1f} s, {speed}, peak {peak:.0f} MB, exit {code}")
            print(said)


if __name__ == "__main__":
    main()
