"""Files that come with a form: stored first, taken by the message, forgotten again where the form is refused."""

import contextlib
from collections.abc import Iterable, Iterator

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from core import errors
from tickets import actions
from tickets.models import Upload


@contextlib.contextmanager
def stored(request: HttpRequest, files: Iterable[UploadedFile]) -> Iterator[list[str]]:
    """The ids of the stored files. Where the block is refused, their content goes; the rows go with the transaction."""
    taken: list[Upload] = []
    try:
        for file in files:
            taken.append(actions.upload(file, by=request.actor, at=request.at))  # noqa: PERF401 - a refusal midway
        yield [str(one.pk) for one in taken]
    except errors.Refused:
        for one in taken:
            default_storage.delete(one.storage_key)
        raise
