"""The identity corpus written other ways: what is told must follow the words, not the file.

    python -m tests.studies.identity_variations

Each variation changes every log and its truth: other numbers of the same form, other line ends, colours, stamps, prompts, quoting,
no echo, another order. What cannot be told any more (a bare number without its command) is left out of the variation's truth.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

from tests.corpus import FOLDER
from tests.studies.scoreboard_identity import Change, measure

ROOT = Path(__file__).resolve().parent.parent.parent
_COMMAND = re.compile(rb"(?:.{0,80}[\s>\]:'])?(?:AT|at)(?:[+^$#!*%&][A-Za-z]|I\s*$)[^\r\n]*$")

Truth = dict[str, Any]


def _luhn(body: str) -> str:
    doubled = [int(digit) * (2 - index % 2) for index, digit in enumerate(reversed(body))]
    return body + str(-sum(one // 10 + one % 10 for one in doubled) % 10)


def other_numbers(log: bytes, truth: Truth) -> tuple[bytes, Truth]:
    """Other IMEI, ICCID and IMSI of the same maker, country and operator."""
    rng = random.Random(len(log))
    changed = dict(truth)
    for kind, kept in (("imei", 8), ("iccid", 8), ("imsi", 5)):
        old = str(truth.get(kind) or "")
        if not old:
            continue
        body = old[:kept] + "".join(rng.choices("0123456789", k=len(old) - kept - 1))
        new = body + rng.choice("0123456789") if kind == "imsi" else _luhn(body)
        log = log.replace(old.encode(), new.encode())
        changed[kind] = new
    return log, changed


def _lines(log: bytes) -> list[bytes]:
    return [line.rstrip(b"\r") for line in log.split(b"\n")]


def _each(log: bytes, form: bytes, end: bytes = b"\n") -> bytes:
    return end.join(form.replace(b"{}", line) if line.strip() else line for line in _lines(log))


def crlf(log: bytes, truth: Truth) -> tuple[bytes, Truth]:
    return b"\r\n".join(_lines(log)), truth


def line_feeds(log: bytes, truth: Truth) -> tuple[bytes, Truth]:
    return b"\n".join(_lines(log)), truth


def colours(log: bytes, truth: Truth) -> tuple[bytes, Truth]:
    return _each(log, b"\x1b[0;32m{}\x1b[0m"), truth


def stamped(log: bytes, truth: Truth) -> tuple[bytes, Truth]:
    return _each(log, b"[2026-11-22 10:11:12.345] {}"), truth


def iso_stamped(log: bytes, truth: Truth) -> tuple[bytes, Truth]:
    return _each(log, b"2026-11-22T10:11:12.345678+00:00 {}"), truth


def syslog(log: bytes, truth: Truth) -> tuple[bytes, Truth]:
    return _each(log, b"Nov 22 10:11:12 gateway logger[411]: {}"), truth


def quoted_mail(log: bytes, truth: Truth) -> tuple[bytes, Truth]:
    return _each(log, b"> {}"), truth


def indented(log: bytes, truth: Truth) -> tuple[bytes, Truth]:
    return _each(log, b"    {}"), truth


def in_a_session(log: bytes, truth: Truth) -> tuple[bytes, Truth]:
    """A shell's session around it, with prompts and other output."""
    head = b"root@unit:~# date\nSun Nov 22 10:00:00 UTC 2026\nroot@unit:~# cat log.txt\n"
    return head + log + b"\nroot@unit:~# exit\nlogout\n", truth


def without_echo(log: bytes, truth: Truth) -> tuple[bytes, Truth]:
    """The answers alone: what only its command names is not told any more."""
    kept = [line for line in _lines(log) if not _COMMAND.match(line)]
    text = b"\n".join(kept).decode("latin-1")
    told = {
        kind: truth.get(kind)
        if re.search(rf"(?i)(?:{kind}|{kind[:3]}CID|CCID)\W{{1,6}}(?:'|\")?{truth.get(kind)}", text)
        else None
        for kind in ("imei", "iccid", "imsi")
    }
    if len(kept) == len(_lines(log)):
        return log, truth
    return b"\n".join(kept), {**truth, **told, "modules": [], "servers": [], "apn": None, "positions": []}


def other_order(log: bytes, truth: Truth) -> tuple[bytes, Truth]:
    """Paragraphs in another order, where the log has several."""
    parts = re.split(rb"(?:\r?\n){2,}(?=T:|Bus |Bus\t)", log)
    return b"\n\n".join(reversed(parts)), truth


def before(form: bytes) -> Change:
    """Each line as the form has it."""
    return lambda log, truth: (_each(log, form), truth)


VARIATIONS: dict[str, Change] = {
    "other numbers": other_numbers,
    "CR LF": crlf,
    "LF": line_feeds,
    "CR": lambda log, truth: (b"\r".join(_lines(log)), truth),
    "blank lines between": lambda log, truth: (b"\n\n".join(_lines(log)), truth),
    "UTF-8 with its mark": lambda log, truth: (b"\xef\xbb\xbf" + log, truth),
    "UTF-16": lambda log, truth: (b"\xff\xfe" + log.decode("utf-8", "replace").encode("utf-16-le"), truth),
    "colours": colours,
    "stamps in brackets": stamped,
    "ISO stamps": iso_stamped,
    "syslog": syslog,
    "quoted in a mail": quoted_mail,
    "indented": indented,
    "colours in syslog": lambda log, truth: syslog(*colours(log, truth)),
    "Android": before(b"11-22 10:11:12.345  1234  1240 D RIL     : {}"),
    "a program's log": before(b"2026-11-22 10:11:12,345 - modem - DEBUG - {}"),
    "a container's log": before(b"2026-11-22T10:11:12.345678901Z stdout F {}"),
    "a service's log": before(b"modem-1  | {}"),
    "numbered lines": before(b"  12\t{}"),
    "found lines": before(b"log.txt:12:{}"),
    "in a shell session": in_a_session,
    "without echo": without_echo,
    "listings in another order": other_order,
}


def study(folder: Path) -> dict[str, tuple[Counter[str], Counter[str], list[str]]]:
    """Right and asked per measure, and what was missed, of every variation."""
    return {name: measure(folder, change) for name, change in VARIATIONS.items()}


def main() -> None:
    for name, (right, asked, missed) in study(FOLDER / "serial").items():
        shown = ", ".join(f"{kind} {right[kind]}/{asked[kind]}" for kind in asked if right[kind] < asked[kind])
        print(f"{name}: {sum(right.values())} of {sum(asked.values())}. {shown}", *missed, sep="\n    ")


if __name__ == "__main__":
    main()
