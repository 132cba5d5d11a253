"""Files that come with a form: stored for the sender, and gone again where what they came with is refused."""

import contextlib
from collections.abc import Iterator
from typing import Any

from django.core.files.storage import default_storage
from django.http import HttpRequest

from core import errors
from tickets import actions


@contextlib.contextmanager
def stored(request: HttpRequest, files: list[Any]) -> Iterator[list[str]]:
    """The ids of the stored uploads. A refusal inside takes their content away again; the rows roll back."""
    made = []
    try:
        for one in files:
            stored = actions.upload(one, by=request.actor, at=request.at)
            made.append(stored)
        yield [str(one.pk) for one in made]
    except errors.Refused:
        for one in made:
            default_storage.delete(one.storage_key)
        raise
