"""A file as numbered lines of text: packed or not, in any encoding, with a bound on how much is held at a time."""

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from imports.errors import BadFileError

LONGEST = 1_000_000  # characters of one line
_GZIP = b"\x1f\x8b"


class TextFile:
    """An open file. `size` and `position` count its bytes on disk, for a progress bar."""

    def __init__(self, path: str, encoding: str):
        """Open it. Raises BadFileError: missing, unreadable, a folder, empty."""
        self.path, self.encoding = path, encoding
        try:
            self._raw: IO[bytes] = Path(path).open("rb")  # noqa: SIM115 - closed by __exit__
            self.size = Path(path).stat().st_size
            head = self._raw.read(2)
            self._raw.seek(0)
        except OSError as error:
            raise BadFileError(f"{path} cannot be read: {error.strerror}. Name a file to import.") from error
        if not head:
            self._raw.close()
            raise BadFileError(f"{path} is empty: there is nothing to import.")
        packed = gzip.GzipFile(fileobj=self._raw) if head == _GZIP else self._raw
        # bytes that do not fit become lone surrogates: they spoil their own row, and no other
        self._text = io.TextIOWrapper(packed, encoding, errors="surrogateescape", newline="")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._text.close()
        self._raw.close()

    @property
    def position(self) -> int:
        return self._raw.tell()

    def lines(self) -> Iterator[tuple[int, str, bool]]:
        """(number, text with its line end, whether it is whole). Of a line that is too long, only the start.

        Raises BadFileError where the rest cannot be read: a damaged archive, a text in another encoding.
        """
        number = 0
        while True:
            number += 1
            text = self._read(number)
            if not text:
                return
            is_whole = len(text) <= LONGEST
            yield number, text, is_whole
            if not is_whole:
                self._skip(number, text)

    def _read(self, number: int) -> str:
        try:
            return self._text.readline(LONGEST + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BadFileError(f"{self.path}, line {number}: the archive is damaged ({error}).") from error
        except UnicodeError as error:
            raise BadFileError(
                f"{self.path}, line {number}: this is not {self.encoding}: name its encoding in the mapping, "
                "[source] encoding."
            ) from error
        except OSError as error:
            raise BadFileError(
                f"{self.path}, line {number}: it cannot be read on: {error.strerror}."
            ) from error

    def _skip(self, number: int, text: str) -> None:
        while text and not text.endswith(("\n", "\r")):
            text = self._read(number)
