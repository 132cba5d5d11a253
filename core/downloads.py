"""Handing out stored files: never executed, never guessed at, whole or in part, streamed after the transaction."""

import re
from collections.abc import Iterator
from typing import IO

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from core import errors

CHUNK = 64 * 1024
# What a browser may show by itself; everything else is handed out as bytes.
HARMLESS = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"})
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class RangeNotSatisfiable(errors.Refused):
    """The part that was asked for lies outside the file (416)."""

    status, code, title = 416, "range_not_satisfiable", "No such part of the file"


def serve(
    request: HttpRequest, *, key: str, name: str, content_type: str, size: int, sha256: str
) -> HttpResponseBase:
    """The file under a storage key as a download, or the one range of bytes that was asked for.

    The file is opened here and read while the answer is sent, when no transaction is open any more.
    Raises NotFound (the content is gone), RangeNotSatisfiable.
    """
    tag = f'"{sha256}"'
    part = _part(request, size, tag)
    try:
        file = default_storage.open(key)
    except FileNotFoundError as error:
        raise errors.NotFound(_("The content of this file is gone.")) from error
    if part is None:
        response: HttpResponseBase = FileResponse(file, content_type="application/octet-stream")
        response["Content-Length"] = str(size)
    else:
        first, last = part
        response = StreamingHttpResponse(_stretch(file, first, last), status=206)
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
        response["Content-Length"] = str(last - first + 1)
    response["Content-Type"] = content_type if content_type in HARMLESS else "application/octet-stream"
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-store"
    response["ETag"] = tag
    return response


def _part(request: HttpRequest, size: int, tag: str) -> tuple[int, int] | None:
    """First and last byte asked for; None for the whole. Several ranges at once are answered with the whole."""
    found = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if found is None or found.groups() == ("", "") or request.headers.get("If-Range", tag) != tag:
        return None
    first, last = found.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start >= size or start > end:
        raise RangeNotSatisfiable(_("This file has %(size)s bytes: ask for a part of them.") % {"size": size})
    return start, end


def _stretch(file: IO[bytes], first: int, last: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (piece := file.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece
