"""Who of the demo can sign in, for the person who loaded it: a private file on the server."""

import json
import os
from pathlib import Path
from typing import Any

from itsm.demo.cast import Cast

FILE = "demo_people.json"


def of(cast: Cast, password: str) -> list[dict[str, str | None]]:
    """One person for each role and customer: [{email, password, role, customer}]; staff have no customer."""
    found: dict[tuple[str, str | None], dict[str, str | None]] = {}
    for user, role, customer in cast.sign_ins:
        one = {"email": user.email, "password": password, "role": role, "customer": customer}
        found.setdefault((role, customer), one)
    return list(found.values())


def write_private(path: Path, content: Any) -> None:
    """Write a file of JSON that its owner alone can read."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
    path.chmod(0o600)
