"""Files that come with a form, forgotten again where it is refused; and files on their way out."""

import contextlib
from collections.abc import Iterable, Iterator

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext as _

from core import errors
from tickets import actions
from tickets.models import Attachment, Upload


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


def handed_out(found: Attachment) -> FileResponse:
    """One file, always as a download: what strangers sent is never shown inside our pages."""
    try:
        content = default_storage.open(found.storage_key)
    except FileNotFoundError as error:
        raise errors.NotFound(_("The content of this file is gone: ask the desk for it.")) from error
    return FileResponse(
        content,
        as_attachment=True,
        filename=found.name,
        content_type="application/octet-stream",
        headers={
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": "sandbox",
        },
    )
