"""Files that only their owner may read, written whole or not at all."""

import fcntl
import json
import os
import secrets
from pathlib import Path
from typing import IO, Any

from ops import refusals


def private_folder(path: Path) -> Path:
    """Make `path` with mode 0700 where it does not exist; folders above it keep the mode they have."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise refusals.from_os_error(error, path) from error
    return path


def write_private(path: Path, text: str) -> None:
    """Write `text` to `path`, readable by its owner only, by way of a neighbour that is renamed."""
    neighbour = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(neighbour, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        neighbour.replace(path)
    except OSError as error:
        raise refusals.from_os_error(error, path) from error


def write_private_json(path: Path, content: object) -> None:
    """Write `content` as JSON that only its owner may read."""
    write_private(path, json.dumps(content, indent=2) + "\n")


def find_json(path: Path) -> Any:
    """Return what the JSON file holds, or None where there is none or it was cut off."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def kept_secrets(path: Path, names: tuple[str, ...]) -> dict[str, str]:
    """Return one password for each name, made once and kept in `path`."""
    kept = find_json(path) or {}
    missing = {name: secrets.token_urlsafe(48) for name in names if name not in kept}
    if missing:
        kept |= missing
        write_private_json(path, kept)
    return dict(kept)


def find_lock(path: Path) -> IO[str] | None:
    """Return an open file that holds the exclusive lock of `path` until it is closed, or None where another has it."""
    try:
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise refusals.from_os_error(error, path) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
