"""What goes wrong around the product is said in one sentence: what, where, and what to do."""

import errno
import shutil
import sys
from pathlib import Path
from typing import NoReturn

NEEDED_BYTES = 300 * 1024 * 1024


class RefusalError(Exception):
    """Something outside the product stands in the way; its text is the whole message to the person."""


def end(error: Exception) -> NoReturn:
    """Say the sentence on standard error and end with exit code 1."""
    sys.stderr.write(f"\n{error}\n")
    raise SystemExit(1)


def from_os_error(error: OSError, where: Path) -> RefusalError:
    """Return the sentence for a full disk, a folder that cannot be written, or whatever the system says."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return full_disk(where)
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return RefusalError(
            f"{error.filename or where} cannot be written: give this user the right to it, "
            "or name another folder in LOCAL_DIR."
        )
    return RefusalError(f"{error.strerror or error} ({error.filename or where}).")


def full_disk(where: Path) -> RefusalError:
    """Return the sentence for a disk without room."""
    free = shutil.disk_usage(existing(where)).free // (1024 * 1024)
    return RefusalError(
        f"The disk under {where} is full ({free} MB free, {NEEDED_BYTES // (1024 * 1024)} MB needed): "
        "make room, or name a folder on another disk in LOCAL_DIR."
    )


def require_room(where: Path, needed: int = NEEDED_BYTES) -> None:
    """Raise the sentence for a full disk where fewer than `needed` bytes are free."""
    if shutil.disk_usage(existing(where)).free < needed:
        raise full_disk(where)


def existing(path: Path) -> Path:
    """Return the nearest folder at or above `path` that exists."""
    while not path.exists():
        path = path.parent
    return path
