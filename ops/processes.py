"""Starting programs so that they end: with us, before us when told, and even when we are killed outright.

Linux tells a child when its parent dies (PR_SET_PDEATHSIG). That reaches the child itself; what the child started
is ended by `ops.guardian`, which watches a pipe that only this process holds open.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from ops import refusals

LOOPBACK = "127.0.0.1"
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent(sign: int) -> Callable[[], None] | None:
    """Return what a child must run before its program so that `sign` reaches it when its parent dies."""
    if _libc is None:
        return None
    libc, parent = _libc, os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, sign, 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return ask


def end_when_parent_ends() -> None:
    """Ask for SIGTERM, the orderly end, when whoever started this process is killed."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def start(
    command: Sequence[str | Path],
    *,
    log: Path | IO[bytes] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    ending: int = signal.SIGTERM,
    user: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, its words appended to `log`; `ending` reaches it when we die."""
    words = log.open("ab") if isinstance(log, Path) else log
    identity = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    try:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT if words else None,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=end_with_parent(ending),  # noqa: PLW1509 - no threads run here
            **identity,  # type: ignore[call-overload]
        )
    finally:
        if isinstance(log, Path) and words is not None:
            words.close()


def run(
    command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, what: str, user: int | None = None
) -> str:
    """Run a program to its end and return its words; raise a refusal that quotes them where it fails."""
    identity = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=dict(env) if env is not None else None,
        check=False,
        preexec_fn=end_with_parent(signal.SIGKILL),
        **identity,  # type: ignore[call-overload]
    )
    words = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        raise refusals.RefusalError(f"{what} failed: {last_words(words)}")
    return words


def last_words(text: str, lines: int = 12) -> str:
    """Return the end of what a program said."""
    said = [line for line in text.strip().splitlines() if line.strip()]
    return "\n  ".join(said[-lines:]) or "it said nothing"


def stop(process: subprocess.Popen[bytes], sign: int = signal.SIGTERM, patience_seconds: float = 10) -> None:
    """End a program with `sign`, and with SIGKILL for its whole group once patience is over."""
    if process.poll() is None:
        process.send_signal(sign)
        try:
            process.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            kill_group(process.pid)
            process.wait()
    kill_group(process.pid)


def kill_group(leader: int) -> None:
    """End whatever is left of the process group of `leader`, at once."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def is_alive(pid: int) -> bool:
    """Whether a process of that number runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def wait_for(
    answers: Callable[[], bool],
    *,
    process: subprocess.Popen[bytes] | None,
    seconds: float,
    what: str,
    log: Path,
) -> None:
    """Return once `answers()` is true; raise a refusal with the log's end where the program ends or time is over."""
    deadline = time.monotonic() + seconds
    while not answers():
        over = time.monotonic() > deadline
        if over or (process is not None and process.poll() is not None):
            said = last_words(log.read_text("utf-8", "replace")) if log.exists() else "it said nothing"
            raise refusals.RefusalError(
                f"{what} {'did not answer in time' if over else 'ended at once'}: {said}"
            )
        time.sleep(0.05)
