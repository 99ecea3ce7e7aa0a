"""Open-source programs that hold location, identity or network code for everybody who uses them.

That such a program is in an image says what could be done with it; what it does is decided by whoever starts and configures it.
They are known by name, which can be borrowed, and by build id (``builds``): every finding that was lowered says by which.
"""

from __future__ import annotations

import msgspec

from iotwatch.files.beside import beside
from iotwatch.patterns import regex


class _Projects(msgspec.Struct, frozen=True):
    """Patterns by project: alternatives of the file's own name (without folder), and of a folder of the project's own."""

    files: dict[str, list[str]]
    folders: dict[str, str]
    documents: list[str]


_PROJECTS = beside(__file__, _Projects)
# A container that uses a name twice: the second is told by this.
_AGAIN = regex(r"~[0-9]{1,4}$")
_BY_FILE = [(project, regex(rf"(?:{'|'.join(names)})$")) for project, names in _PROJECTS.files.items()]
_BY_FOLDER = [(project, regex(rf"(?:^|[/!]){name}/")) for project, name in _PROJECTS.folders.items()]
_DOCUMENTS = regex(r"(?:^|[/!])(?:" + "|".join(_PROJECTS.documents) + ")")
# What stands for a project's name where a file is there to be read.
DOCUMENTS = "documents and examples"


def is_document(path: str) -> bool:
    """Whether packages put documents, manual pages, examples or tests where the file is."""
    return bool(_DOCUMENTS.search(path))


def everybodys(path: str) -> str:
    """Whose the file is where everybody has it: an open-source project's, or a document's or example's; else empty."""
    return DOCUMENTS if is_document(path) else project_of(path)


def project_of(path: str) -> str:
    """The open-source project that a file belongs to by its name or folder; empty for none that is known here."""
    name = _AGAIN.sub("", path.rpartition("!")[2].rpartition("/")[2])
    for project, pattern in _BY_FILE:
        if pattern.match(name):
            return project
    return next((project for project, pattern in _BY_FOLDER if pattern.search(path)), "")
