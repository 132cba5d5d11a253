"""`make lock`: the newest packages within pyproject.toml's ranges, for every system, with hashes and without hosts."""

import sys
from pathlib import Path

from ops import processes, refusals

PROJECT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).with_name("uv")
COMPILE = [
    UV, "pip", "compile", "--quiet", "--universal", "--python-version=3.11", "--generate-hashes", "--no-header",
    "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--upgrade",
]  # fmt: skip
# Each group holds to what the groups before it have chosen.
GROUPS = {
    "bootstrap": ["run"],
    "local": ["run"],
    "test": ["run"],
    "lint": ["run", "test"],
    "bench": ["run", "test"],
}


def main() -> None:
    """Write requirements/*.txt. Raises a refusal that quotes the resolver where the ranges do not meet."""
    locks = PROJECT / "requirements"
    locks.mkdir(exist_ok=True)
    processes.run(
        [*COMPILE, PROJECT / "pyproject.toml", "-o", locks / "run.txt"], what="Locking the packages"
    )
    for group, others in GROUPS.items():
        held = [part for other in others for part in ("-c", locks / f"{other}.txt")]
        source = ["--group", f"{PROJECT / 'pyproject.toml'}:{group}"]
        processes.run([*COMPILE, *source, *held, "-o", locks / f"{group}.txt"], what=f"Locking {group}")


if __name__ == "__main__":
    try:
        main()
    except refusals.RefusalError as refusal:
        refusals.end(refusal)
