"""What a stored row says of leaving the unit: whom it is for, and whether it was sent; by its own words, which nobody saw happen.

A row is a line: a JSON object (the tables of a database among them), or a line of a log that tells of a request and its answer
(the method and status of RFC 9110).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from iotwatch.decode.generic.times import parse_time
from iotwatch.model import iso
from iotwatch.patterns import regex
from iotwatch.words.hosts import is_host, read_host
from iotwatch.words.kept import Kept

_LONGEST = 1 << 16
_URL = regex(r"(?:https?|mqtts?|wss?|tcp|udp|tls|ssl|coaps?|amqps?)://([^\s/?#\"'\\]{3,260})")
_SERVER = regex(r"(?i)(?:server|host|broker|endpoint|destination|dest)(?:_?(?:name|host|addr(?:ess)?|url))?")
_SENT_AT = regex(
    r"(?i)(?:sent|upload(?:ed)?|ack(?:ed)?|sync(?:ed)?|deliver(?:ed)?|transmitted)_?(?:at|time|ts|on|date|utc)"
)
_OF_QUEUE = regex(
    r"(?i)(?:is_?)?(?:sent|upload(?:ed)?|ack(?:ed)?|sync(?:ed)?|deliver(?:ed)?|transmitted|pending|queued)(?:_?(?:flag|state|status))?"
)
_STATE = regex(r"(?i)(?:is_?)?(?:state|status)")
_ANSWER = regex(r"(?i)(?:http_?)?(?:status|code|status_?code|response(?:_?code)?|result(?:_?code)?|http_?status)")
_HTTP_STATUS = regex(r"[1-5][0-9]{2}")
_DONE = frozenset({
    "sent", "done", "uploaded", "delivered", "acked", "ack", "acknowledged", "ok", "success", "synced", "complete", "accepted",
})  # fmt: skip
_WAITING = frozenset({"pending", "queued", "new", "retry", "waiting", "failed", "ready", "unsent", "error", "created"})
_WAITS_BY_NAME = regex(r"(?i)(?:is_?)?(?:pending|queued).*")
_REQUEST = regex(
    r"(?i)\b(?:POST|PUT|PATCH|PUBLISH|publish(?:ed|ing)?|upload(?:ed|ing)?|send(?:ing)?|sent)\b.{0,200}?" + _URL.pattern
)
_OK = regex(r"(?i)\b(?:2\d\d|ok|ack(?:ed|nowledged)?|success(?:ful)?|accepted|puback)\b")
_FAILED = regex(r"(?i)\b(?:[45]\d\d|fail(?:ed|ure)?|error|time(?:d )?-?out|refused|unreachable|retry|queued)\b")


class Outgoing(NamedTuple):
    """Whom a row is for (empty: it does not say), what it says of having been sent, and when."""

    host: str
    kept: Kept
    sent_at: str = ""

    @property
    def context(self) -> dict[str, str]:
        """As the stream of the row carries it."""
        told = {"kept": self.kept.value, "kept_for": self.host}
        return {**told, "sent_at": self.sent_at} if self.sent_at else told


def outgoing(line: bytes) -> Outgoing | None:
    """What one row says; ``None`` where it says nothing of leaving."""
    if len(line) > _LONGEST:
        return None
    if not line.startswith(b"{"):
        return _logged(line.decode("utf-8", "replace")) if b"://" in line else None
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    host = next(_hosts(row), "")
    kept, sent_at, queue = _kept(row)
    # The word "state" alone is said of many things; beside a far end, and in the words of a queue, it is said of sending.
    return Outgoing(host, kept, sent_at) if host or queue else None


def _hosts(row: dict[str, Any]) -> Iterator[str]:
    texts = [(name, value) for name, value in row.items() if isinstance(value, str)]
    for _, value in texts:
        yield from (host for found in _URL.finditer(value[:4096]) if (host := _host(found[1])))
    for name, value in texts:
        if _SERVER.fullmatch(name) and "." in value and (host := _host(value[:260])):
            yield host


def _host(text: str) -> str:
    name = read_host(text.rpartition("@")[2]).name
    return name if is_host(name) else ""


def _kept(row: dict[str, Any]) -> tuple[Kept, str, bool]:
    """What the row says of itself (where it says both, that it waits), when it was sent, and whether that is a queue's words."""
    said, sent_at, queue = set[Kept](), "", False
    for name, value in row.items():
        if _SENT_AT.fullmatch(name):
            queue = True
            said.add(Kept.SENT if value not in (None, "", 0, "0") else Kept.WAITS)
            if isinstance(value, int | float | str):
                sent_at = iso(parse_time(value)) or ""
            continue
        own = _OF_QUEUE.fullmatch(name) is not None
        queue |= own
        word = str(value).strip().lower()
        if _HTTP_STATUS.fullmatch(word) is not None and _ANSWER.fullmatch(name):
            said.add(Kept.SENT if word[0] == "2" else Kept.WAITS)
        elif (own or _STATE.fullmatch(name)) and value is not None:
            yes = word in ("1", "true")
            if yes or word in ("0", "false"):
                said.add(Kept.WAITS if yes == bool(_WAITS_BY_NAME.fullmatch(name)) else Kept.SENT)
            elif word in _DONE or word in _WAITING:
                said.add(Kept.SENT if word in _DONE else Kept.WAITS)
    kept = Kept.WAITS if Kept.WAITS in said else Kept.SENT if said else Kept.KEPT
    return kept, sent_at if kept is Kept.SENT else "", queue and bool(said)


def _logged(line: str) -> Outgoing | None:
    """A line of a log that tells of a request: what stands behind the address is the answer."""
    found = _REQUEST.search(line)
    host = _host(found[1]) if found is not None else ""
    if found is None or not host:
        return None
    behind = line[found.end() :]
    behind = behind[behind.find(" ") :] if " " in behind else ""
    failed, ok = _FAILED.search(behind), _OK.search(behind)
    if failed is not None:
        return Outgoing(host, Kept.WAITS)
    if ok is None:
        return Outgoing(host, Kept.KEPT)
    return Outgoing(host, Kept.SENT, iso(parse_time(line[:19])) or "")
