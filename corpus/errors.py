"""The error tree.  What stands at the right is the exit code of a command that ends with it.

    ViCivicError
    ├── UsageError                  2   a flag, a setting or a name that does not exist
    │   └── WorkspaceError          2   a workspace that is missing, newer than this code, or locked
    ├── DataError                   1   data was read and refused
    │   ├── BadRecord               1   one record, set aside with its code; the rest goes on
    │   ├── SpanError               1   a span that does not fit its text, or crosses another
    │   ├── StaleAnnotation         1   made for another revision of the document; never shifted
    │   └── ReleaseError            1   a release that can't be built or does not verify
    └── ServiceError                1   Label Studio or the Hub is down, refuses, or lost something

Every message is one line that names the file or record, the value, and the remedy.
"""

from __future__ import annotations


class ViCivicError(Exception):
    """Anything that ViCivic refuses, with a message fit for the person at the keyboard."""

    exit_code = 1


class UsageError(ViCivicError):
    """A flag, a setting or a name that does not exist; nothing was read or written."""

    exit_code = 2


class WorkspaceError(UsageError):
    """The workspace is missing, was made by a newer ViCivic, or another writer holds it."""


class DataError(ViCivicError):
    """Data was read and refused."""


class BadRecord(DataError):
    """One record is refused; `code` is its documented reason, the rest of the input goes on."""

    def __init__(self, code: str, message: str, *, record: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.record = record


class SpanError(DataError):
    """A span does not equal its text, leaves the text, or crosses another span."""


class StaleAnnotation(DataError):
    """An annotation was made for another revision of its document; it is never shifted."""


class ReleaseError(DataError):
    """A release can't be built from what is there, or does not verify."""


class ServiceError(ViCivicError):
    """A service (Label Studio, the Hub) is down, refuses us, or lost what it confirmed."""
