"""`make check`: every rule that needs no test, two at a time, each with its seconds; all of them even if one fails."""

import concurrent.futures
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PRODUCTION = {
    "DATABASE_URL": "postgresql://itsm_app:none@127.0.0.1:9/itsm",
    "BROKER_URL": "redis://127.0.0.1:9/0",
    "CACHE_URL": "redis://127.0.0.1:9/1",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-not-a-secret",
    "BASE_URL": "https://desk.example.com",
}


@dataclass(frozen=True)
class Step:
    """One rule: a program that exits 0 where it holds."""

    name: str
    command: list[str]
    env: dict[str, str]


def steps() -> list[Step]:
    """Return the rules, the slowest first."""
    templates = [str(path.relative_to(PROJECT)) for path in sorted(PROJECT.glob("templates/**/*.html"))]
    manage = [sys.executable, "-W", "ignore::RuntimeWarning", "manage.py"]
    return [
        Step("types", [sys.executable, "-m", "mypy", "."], PRODUCTION),
        Step("style", [str(BIN / "ruff"), "check", "."], {}),
        Step("format", [str(BIN / "ruff"), "format", "--check", "."], {}),
        Step(
            "floors",
            [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
            {},
        ),
        Step("templates", [str(BIN / "djade"), "--target-version", "5.2", "--check", *templates], {}),
        Step("migrations", [*manage, "makemigrations", "--check", "--dry-run"], PRODUCTION),
        Step("production settings", [*manage, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        Step("tracked files", [sys.executable, "-m", "ops.guard"], {}),
    ]


def run(step: Step) -> tuple[Step, int, str, float]:
    """Run one rule; return its exit code, its words and its seconds."""
    began = time.monotonic()
    done = subprocess.run(
        step.command,
        cwd=PROJECT,
        env=os.environ | step.env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return step, done.returncode, (done.stdout + done.stderr).strip(), time.monotonic() - began


def main() -> int:
    """Run every rule; return 1 where one does not hold."""
    failed = []
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for step, code, words, seconds in pool.map(run, steps()):
            sys.stdout.write(f"{'ok    ' if code == 0 else 'FAILED'} {step.name} ({seconds:.1f} s)\n")
            if code:
                failed.append(step.name)
                sys.stdout.write(words + "\n\n")
    if failed:
        sys.stdout.write("make check: " + ", ".join(failed) + " failed.\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
