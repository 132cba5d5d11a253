"""What no tracked file may hold, and the floor that no app may be without.

A host of a package registry in a lock file sends everybody to one place; a path of one machine works on no other.
The patterns are written so that this file does not match them.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
FORBIDDEN = {
    "the host of a package registry": re.compile(
        r"py[p]i\.org|python[h]osted|npm[j]s\.(?:org|com)|registry\.[y]arnpkg|deb[.]debian|proxy\.gol[a]ng",
        re.IGNORECASE,
    ),
    "a path of one machine": re.compile(r"(?<![\w.])/(?:wo[r]k|roo[t]|hom[e]/\w+)/|shared/desig[n]"),
    "a secret key": re.compile(r"-----BEGI[N] [A-Z ]*PRIVATE KEY-----"),
}
LONGEST_BYTES = 2_000_000


def tracked(project: Path) -> list[Path]:
    """Return the files that git tracks, or every source file where this is not a checkout."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=project, capture_output=True, text=True, check=False)  # noqa: S607
    return [project / name for name in done.stdout.split("\0") if name and (project / name).is_file()]


def findings(paths: list[Path]) -> list[str]:
    """Return a sentence for each line that holds something forbidden."""
    found = []
    for path in paths:
        if path.stat().st_size > LONGEST_BYTES:
            continue
        for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").splitlines(), start=1):
            found += [
                f"{path.relative_to(PROJECT)}:{number} names {what}: take it out."
                for what, pattern in FORBIDDEN.items()
                if pattern.search(line)
            ]
    return found


def apps(project: Path) -> list[str]:
    """Return the names of our apps: the folders with an apps.py."""
    return sorted(path.parent.name for path in project.glob("*/apps.py") if path.parent.name != "itsm")


def without_floor(project: Path) -> list[str]:
    """Return a sentence for each app that the floors in pyproject.toml do not name."""
    configuration = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    floors = configuration["contracts"][0]["layers"]
    named = {name.strip() for floor in floors for name in floor.split("|")}
    return [
        f"{app} has no floor: add it to the layers in pyproject.toml."
        for app in apps(project)
        if app not in named
    ]


if __name__ == "__main__":
    sentences = findings(tracked(PROJECT)) + without_floor(PROJECT)
    sys.stdout.write("".join(sentence + "\n" for sentence in sentences))
    sys.exit(1 if sentences else 0)
