"""Everything iotwatch raises on purpose.

IotwatchError
 ├─ SourceError            the file given to us
 │   ├─ UnreadableSource   cannot be opened at all
 │   ├─ NotEvidence        readable, but neither capture, firmware nor log
 │   └─ DamagedSource      looked like ours and is broken; carries the byte where it broke
 ├─ DecodeError            looked like a protocol's message and is broken
 ├─ UnpackError            looked like a container and is broken
 │   └─ LimitReached       a size, count, depth or time budget is spent
 ├─ ReplayError            a place cannot be replayed over its source
 ├─ SignatureError         names the file, the key path and what was expected
 ├─ StoreError             the database cannot be used
 │   └─ NotStored          it is not there, or holds nothing of the name or id that was asked for
 ├─ OutputError            what was asked for cannot be written: the reader left, the disk is full
 └─ OptionError            what an option names is absent or broken: a case, a baseline, an asset table, a scope
     └─ MissingExtra       a library of an extra is not installed

"Not mine" is never an exception: decoders and readers answer ``None`` or nothing for it.
"""

from __future__ import annotations


class IotwatchError(Exception):
    """Base of all errors that iotwatch raises on purpose; its text is one line for a person."""


class SourceError(IotwatchError):
    """The file given to us is the trouble."""


class UnreadableSource(SourceError):
    """The file cannot be opened or read at all."""


class NotEvidence(SourceError):
    """The file can be read and is neither capture, firmware nor a known log."""


class DamagedSource(SourceError):
    """The file looked like ours and is broken at byte ``offset``."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.offset = offset


class DecodeError(IotwatchError):
    """A payload looked like a protocol's message and is broken."""


class UnpackError(IotwatchError):
    """A container looked like a known format and is broken."""


class LimitReached(UnpackError):
    """A size, count, depth or time budget is spent; what was found before stays."""


class ReplayError(IotwatchError):
    """A place cannot be replayed over its source."""


class SignatureError(IotwatchError):
    """A signature or data file is broken; the text names the file and the key path."""


class StoreError(IotwatchError):
    """The database cannot be opened, migrated or written."""


class NotStored(StoreError):
    """There is no such database, or it holds nothing of the name or id that was asked for."""


class OutputError(IotwatchError):
    """The output cannot be written: its reader left, the disk is full, the folder refuses."""


class OptionError(IotwatchError):
    """What an option names is absent or broken: a case file, a baseline, an asset table, a scope."""


class MissingExtra(OptionError):
    """A library of an extra is not installed; the text says how to get it."""
