"""`make bench`: the whole product over HTTP, each row beside its floor, as one table.

Makes its own data once for each size (BENCH_SIZE=100000), serves it with the production command and two workers, and
prints one table in Markdown and JSON. SMOKE=1 proves in under a minute that it works; SOAK=1800 adds eight clients on
mixed pages for so many seconds; ROWS=queue runs only the rows whose name holds that word.
"""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itsm.settings")


def arguments() -> argparse.Namespace:
    """What was asked for, by the environment or by words."""
    asked = argparse.ArgumentParser(prog="bench", description=__doc__)
    is_smoke = os.environ.get("SMOKE", "") not in ("", "0")
    asked.add_argument(
        "--size", type=int, default=int(os.environ.get("BENCH_SIZE") or (1_000 if is_smoke else 100_000))
    )
    asked.add_argument("--rounds", type=int, default=1 if is_smoke else 40)
    asked.add_argument(
        "--seconds", type=float, default=0 if is_smoke else 4.0, help="of eight clients, each row"
    )
    asked.add_argument("--soak", type=float, default=float(os.environ.get("SOAK") or (2 if is_smoke else 0)))
    asked.add_argument("--streams", type=int, default=20 if is_smoke else 200)
    asked.add_argument(
        "--timers", type=int, default=2_000 if is_smoke else 1_000_000, help="running, none due"
    )
    asked.add_argument("--due", type=int, default=100 if is_smoke else 10_000, help="timers worked off")
    asked.add_argument("--rows", default=os.environ.get("ROWS", ""), help="only rows whose name holds this")
    asked.add_argument("--json", type=Path, help="write the figures here, too")
    return asked.parse_args()


def main() -> int:
    # Addresses must be in the environment before the settings are read, so the servers start first.
    from bench import place  # noqa: PLC0415

    asked = arguments()
    with place.running() as pair:
        os.environ.update(place.environment(pair))
        from bench import running  # noqa: PLC0415

        return running.run(pair, asked)


if __name__ == "__main__":
    sys.exit(main())
