"""Captures that nobody here wrote: every identity and name that their manifest states is an observation that replays.

How a statement of the manifest is looked for:

- numbers (IMSI, IMEISV, MSISDN) equal an observation of that kind; a telephone number's ``tel:`` is no part of it;
- names and agents equal an observation of one of the kinds in ``KINDS``, letters' case apart; the manifest cuts at
  160 characters, and gives the port of a Host field, which we keep as a fact;
- commands to a modem equal an ``at.command``.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from iotwatch.open.pipeline import Job, analyse
from iotwatch.place.replay import Replay
from iotwatch.signatures import load
from iotwatch.store import Analysis
from iotwatch.unpack import EVERY_STEP

pytestmark = pytest.mark.corpus
CUT = 160
RESOLVERS = ("dns", "mdns", "llmnr", "nbns")
KINDS = {
    "e212.imsi": ("imsi",),
    "gsm_a.imeisv": ("imeisv",),
    "e164.msisdn": ("msisdn",),
    "dns": tuple(f"{protocol}.{what}" for protocol in RESOLVERS for what in ("query", "answer")),
    "sni": ("tls.sni", "dtls.sni"),
    "http_host": ("http.host", "sip.host"),
    "user_agent": ("http.agent", "sip.agent", "ssdp.server"),
    "at_strings_contiguous_in_file": ("at.command",),
}
SSDP = "239.255.255.250:1900"
"""Host of every SSDP search (UPnP Device Architecture 2.0 section 1.3.2): a group, no far end. It is found as ``ssdp.type``."""
SAYS_NOTHING = {"ATE0": "only switches the echo", "CONNECT": "an answer, without a name in it"}
"""Lines of a modem dialogue that are decoded and tell of no identity."""


def _rows(corpus: Path, *fields: str) -> list[dict[str, Any]]:
    with (corpus / "pcap" / "MANIFEST.jsonl").open() as lines:
        rows = [json.loads(line) for line in lines]
    return [row for row in rows if any((row.get("truth") or {}).get(field) for field in fields)]


@cache
def _analysed(path: Path, sha256: str) -> Analysis:
    return analyse(Job(str(path), "car", named=True), load(), sha256)


def _seen(corpus: Path, row: dict[str, Any]) -> dict[str, set[str]]:
    seen: dict[str, set[str]] = {}
    for one in _analysed(corpus / "pcap" / row["path"], row["sha256"]).observations:
        seen.setdefault(one.kind, set()).add(one.value.lower())
    return seen


def _found(seen: dict[str, set[str]], kind: str, stated: str) -> bool:
    stated = stated.lower().removeprefix("tel:")
    if kind == "http_host":
        if stated == SSDP:
            return "ssdp.type" in seen
        name, _, port = stated.rpartition(":")
        stated = name if name and port.isdecimal() else stated
    values = set().union(*(seen.get(one, set()) for one in KINDS[kind]))
    return stated in values or (len(stated) == CUT and any(value.startswith(stated) for value in values))


def _missing(corpus: Path, rows: list[dict[str, Any]], kinds: tuple[str, ...]) -> list[tuple[str, str, str]]:
    return [
        (row["path"], kind, stated)
        for row in rows
        for kind in kinds
        for stated in {**row["truth"], **row["truth"].get("hosts", {})}.get(kind, ())
        if not _found(_seen(corpus, row), kind, stated)
    ]


@pytest.mark.programs
def test_every_number_of_sim_equipment_and_line_is_found(corpus, program):
    program("tshark")
    numbers = ("e212.imsi", "gsm_a.imeisv", "e164.msisdn")
    rows = _rows(corpus, *numbers)
    assert len(rows) >= 7
    assert _missing(corpus, rows, numbers) == []


def test_every_name_and_agent_is_found(corpus):
    rows = _rows(corpus, "hosts")
    assert len(rows) >= 70
    assert _missing(corpus, rows, ("dns", "sni", "http_host", "user_agent")) == []


def test_every_telling_command_to_a_ppp_modem_is_found(corpus):
    rows = _rows(corpus, "at_strings_contiguous_in_file")
    assert len(rows) == 3
    for row in rows:
        commands = _seen(corpus, row)["at.command"]
        stated = row["truth"]["at_strings_contiguous_in_file"]
        telling = {line.lower() for line in stated if line.split()[0] not in SAYS_NOTHING}
        assert telling
        assert telling <= commands


def test_the_maker_of_a_ppp_modem_is_not_guessed(corpus):
    """The manifest knows Sierra Wireless from the folder's name alone: neither maker nor model stands in the bytes."""
    for row in _rows(corpus, "at_strings_contiguous_in_file"):
        raw = (corpus / "pcap" / row["path"]).read_bytes()
        assert row["truth"]["module_from"].endswith("not in the bytes")
        assert not any(word.encode() in raw for word in row["truth"]["module"].split())
        assert not {"at.vendor", "at.model"} & set(_seen(corpus, row))


@pytest.mark.programs
def test_what_signalling_says_replays(corpus, program):
    program("tshark")
    looked = 0
    for row in _rows(corpus, "e212.imsi", "gsm_a.imeisv", "e164.msisdn", "at_strings_contiguous_in_file"):
        path = corpus / "pcap" / row["path"]
        with path.open("rb") as file:
            replay = Replay(file, EVERY_STEP)
            for one in _analysed(path, row["sha256"]).observations:
                excerpt = one.evidence.excerpt
                assert replay.result(one.evidence.place)[: len(excerpt)] == excerpt, (row["path"], one.kind, one.value)
                looked += 1
    assert looked > 100
