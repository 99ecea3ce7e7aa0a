"""Rules made from findings: what every kind of them shares, and the harmless bytes that none may fire on.

A rule is tried against the very evidence it was made from, and against the benign samples, before it is written. One that
does not fire on the first, or fires on the second, is left out and told so in the file.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache
from pathlib import Path

import msgspec

from iotwatch.handoff.evidence import open_source
from iotwatch.model import Place
from iotwatch.place.replay import Replay
from iotwatch.unpack import EVERY_STEP

CAUTION = "behaviour observed, intent not judged"
PACKAGED = Path(__file__).resolve().parent.parent / "data" / "captures"
CHECKOUT = Path(__file__).resolve().parents[2] / "captures"
_BENIGN_CAPTURE = "phone-benign/phone-benign.pcapng"
_BENIGN_IMAGE_TEXTS = (
    b"/lib/ld-linux.so.3\0libc.so.6\0libpthread.so.0\0__libc_start_main\0connect\0socket\0getaddrinfo\0gethostbyname\0sendto\0"
    b"SSL_connect\0SSL_write\0curl_easy_perform\0fopen\0system\0/etc/passwd\0/etc/hosts\0/etc/resolv.conf\0/var/run\0/dev/null\0"
    b"#!/bin/sh\0latitude\0longitude\0location\0position\0server\0password\0username\0interval\0modem\0serial\0version\0"
    b"/dev/ttyUSB0\0/dev/ttyUSB2\0/proc/net/route\0AT+CSQ\0AT+CREG?\0AT+COPS?\0AT+CGMR\0AT+CGSN\0AT+CIMI\0wget\0/run/imei\0"
    b"Content-Type: application/json\0User-Agent: \0HTTP/1.1 200 OK\0GET / HTTP/1.1\0pool.ntp.org\0example.com\0busybox\0"
)


class Rules(msgspec.Struct, frozen=True):
    """The text of a rule file, how many rules it holds, and what was left out with the reason of each."""

    text: str
    count: int
    left_out: tuple[str, ...] = ()


class Sources:
    """Evidence taken from sources again. The last source stays open: an image unpacked for one rule serves the next."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._path = ""
        self._replay: Replay | None = None

    def __enter__(self) -> Sources:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def result(self, path: str, place: Place | None) -> bytes:
        """What ``place`` gives of the source; ``ReplayError`` when the source is gone or no longer holds it."""
        if self._replay is None or self._path != path:
            self._stack.close()
            self._replay = None
            self._replay, self._path = Replay(self._stack.enter_context(open_source(path)), EVERY_STEP), path
        return self._replay.result(place)


def captures() -> Path:
    """The folder of our own captures: packaged, else that of the checkout."""
    return PACKAGED if PACKAGED.is_dir() else CHECKOUT


def benign_capture() -> Path:
    """A capture of a phone that does nothing but what phones do."""
    return captures() / _BENIGN_CAPTURE


@cache
def benign_samples() -> tuple[bytes, ...]:
    """Bytes that no rule may fire on: the benign capture where it is there, and texts that stand in any program."""
    path = benign_capture()
    return (_BENIGN_IMAGE_TEXTS, *((path.read_bytes(),) if path.is_file() else ()))


def in_comment(text: str) -> str:
    """``text`` in one printable line, so that it can stand in a comment or a message of a rule file."""
    return "".join(one if one.isprintable() else " " for one in text).strip()
