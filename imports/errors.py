"""Anticipated failures of an import: what ends it before anything is written, and what loses one row only."""

from core import errors


class BadFileError(errors.Refused):
    """The file cannot be read at all: nothing of it was taken in."""

    code, title = "bad_file", "The file cannot be read"


class BadMappingError(errors.Refused):
    """The mapping does not fit the file or itself. The sentence names file and key."""

    code, title = "bad_mapping", "The mapping cannot be used"


class RowError(ValueError):
    """One row cannot be taken in; its text is the reason that the report gives."""
