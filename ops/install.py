"""The virtual environment and the locked packages in it; runs on a bare Python, before anything is installed.

`python3 -m ops.install GROUP...` makes `.venv` where it is missing and installs what the groups lock. A stamp in the
environment says what it holds, so a second call costs a few milliseconds.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ops import refusals

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
LOCKS = PROJECT / "requirements"
ALWAYS = ("bootstrap", "run")
NEEDED_BYTES = 1_500 * 1024 * 1024
OLDEST = (3, 11)


def main(groups: list[str]) -> None:
    """Bring `.venv` to what `groups` and those installed before need. Raises a refusal where something is missing."""
    if sys.version_info < OLDEST:
        raise refusals.RefusalError(
            f"Python {sys.version_info[0]}.{sys.version_info[1]} is too old: install Python 3.11 or newer "
            "and call make with PYTHON=python3.11."
        )
    with (LOCKS / "run.txt").open(encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _bring_up_to_date(groups)


def _bring_up_to_date(groups: list[str]) -> None:
    installed = _read_stamp()
    wanted = sorted({*ALWAYS, *groups, *installed.get("groups", [])})
    if _is_usable() and installed == {"groups": wanted, "digest": _digest(wanted)}:
        return
    refusals.require_room(PROJECT, NEEDED_BYTES)
    if not _is_usable():
        _make_environment()
    sys.stdout.write("Installing the locked packages (" + ", ".join(wanted) + ") ...\n")
    sys.stdout.flush()
    _install(wanted)
    STAMP.write_text(json.dumps({"groups": wanted, "digest": _digest(wanted)}), encoding="utf-8")


def _read_stamp() -> dict[str, object]:
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _digest(groups: list[str]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for group in groups:
        digest.update((LOCKS / (group + ".txt")).read_bytes())
    return digest.hexdigest()


def _is_usable() -> bool:
    try:
        return (
            subprocess.run(
                [str(PYTHON), "-m", "pip", "--version"], capture_output=True, check=False
            ).returncode
            == 0
        )
    except OSError:
        return False


def _make_environment() -> None:
    package = "python{}.{}-venv".format(*sys.version_info)
    missing = refusals.RefusalError(
        f"Python's venv module is not installed here: install it (on Debian and Ubuntu: apt-get install {package}) "
        "and start again."
    )
    if subprocess.run(
        [sys.executable, "-c", "import venv, ensurepip"], capture_output=True, check=False
    ).returncode:
        raise missing
    shutil.rmtree(VENV, ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        if "ensurepip" in done.stdout + done.stderr:
            raise missing
        raise _failure("Making the virtual environment", done)


def _install(groups: list[str]) -> None:
    files = [str(LOCKS / (group + ".txt")) for group in groups]
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes"]
    done = _run([*pip, "-r", str(LOCKS / "bootstrap.txt")])
    if done.returncode == 0:
        done = _run(
            [
                str(VENV / "bin" / "uv"),
                "pip",
                "sync",
                "--quiet",
                "--python",
                str(PYTHON),
                "--require-hashes",
                *files,
            ]
        )
    if done.returncode:
        # uv has no build for every machine; pip reads the same files, only slower.
        done = _run([*pip, *(part for file in files for part in ("-r", file))])
    if done.returncode:
        raise _failure("Installing the packages", done)


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, "VIRTUAL_ENV": str(VENV)}
        )
    except OSError as error:
        return subprocess.CompletedProcess(command, 127, "", str(error))


def _failure(what: str, done: subprocess.CompletedProcess[str]) -> refusals.RefusalError:
    said = [line for line in (done.stdout + done.stderr).strip().splitlines() if line.strip()]
    if any("No space left on device" in line for line in said):
        return refusals.full_disk(PROJECT)
    return refusals.RefusalError(what + " failed: " + "\n  ".join(said[-6:]))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except refusals.RefusalError as refusal:
        refusals.end(refusal)
    except OSError as error:
        refusals.end(refusals.from_os_error(error, PROJECT))
