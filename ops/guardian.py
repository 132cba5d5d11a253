"""The last one out: ends whatever the supervisor started when the supervisor was killed outright.

It reads the numbers of process groups from a pipe that only the supervisor holds open. "done" means that all ended in
good order; the pipe's end without it means that nobody is left to end them. The files of its arguments, which say
where everything runs, go last.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

PATIENCE_SECONDS = 6.0


def watch(lines: Iterable[str]) -> set[int]:
    """Return the groups that are left over once the pipe ends."""
    groups: set[int] = set()
    for line in lines:
        word = line.strip()
        if word == "done":
            return set()
        groups.add(int(word))
    return groups


def end(groups: set[int]) -> None:
    """Ask every group to end, and make it end once patience is over."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    left = {group for group in groups if _signal(group, signal.SIGTERM)}
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        left = {group for group in left if _signal(group, 0)}
    for group in left:
        _signal(group, signal.SIGKILL)


def _signal(group: int, sign: int) -> bool:
    try:
        os.killpg(group, sign)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    left_over = watch(sys.stdin)
    if left_over:
        end(left_over)
        for description in sys.argv[1:]:
            Path(description).unlink(missing_ok=True)
