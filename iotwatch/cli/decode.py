"""``iotwatch decode``: which dialect is this message, and what does it say?"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click
import msgspec

from iotwatch.cli.options import Talk, option, talking
from iotwatch.model import iso

if TYPE_CHECKING:
    from iotwatch.decode.choice import Part
    from iotwatch.open.answer import Answer, Chosen

MAX_MESSAGE = 1 << 20


@click.command("decode")
@click.argument("message", required=False, metavar="[HEX|-]")
@option("--jsonl", is_flag=True, help="One JSON object in per line (payload_hex, id), one out, in the same order.")
@option("--why", is_flag=True, help="Tell how the decoder was chosen: anchors, claims, rivals, refusals.")
@talking
def command(message: str | None, jsonl: bool, why: bool, talk: Talk) -> None:
    """Tell which dialect a message is and what it says. No port is asked for.

    HEX is the message in hex (spaces are fine) or its text; - reads it from standard input.
    """
    from iotwatch.open.answer import answer

    if jsonl:
        encode, write = msgspec.json.Encoder().encode, sys.stdout.buffer.write
        for line in sys.stdin.buffer:
            if line.strip():
                write(encode(_from_line(line, why=why)) + b"\n")
        sys.stdout.buffer.flush()
        return
    if message is None:
        raise click.UsageError("give a message in hex, or - for standard input")
    data = sys.stdin.buffer.read(MAX_MESSAGE) if message == "-" else message.encode()
    told: list[Chosen] = []
    found = answer(_unhex(data), told)
    if why:
        _print_why(told, talk)
    else:
        click.echo(json.dumps(as_json(found), indent=2))
    if not found.dialect and not talk.quiet:
        click.echo("no dialect claims these bytes", err=True)


def _print_why(told: list[Chosen], talk: Talk) -> None:
    """A table for each payload: who took part, how well each is proven, and what came of it."""
    from iotwatch.report.console.tables import print_rows

    for carrier, size, choice in told:
        click.echo(f"{size:,} bytes" + (f" carried by {carrier}" if carrier else ""))
        if parts := choice.parts():
            print_rows([{**_part(part), "outcome": _outcome(part)} for part in parts], color=talk.color)
        else:
            click.echo("no anchor fits")


def _why_json(told: list[Chosen]) -> list[dict[str, Any]]:
    return [
        {
            "carrier": carrier or None,
            "bytes": size,
            "decoders": [
                {
                    **_part(part),
                    "why": part.why.name if part.why else None,
                    "refusals": list(part.refusals),
                    "outcome": _outcome(part),
                }
                for part in choice.parts()
            ],
        }
        for carrier, size, choice in told
    ]


def _part(part: Part) -> dict[str, str | None]:
    return {
        "decoder": part.decoder,
        "claim": part.claim.name.lower() if part.claim is not None else None,
        "reading": part.reading.name.lower() if part.reading is not None else None,
    }


def _outcome(part: Part) -> str:
    """What came of a decoder's part, in words."""
    broken = "broken: " + "; ".join(part.refusals) if part.refusals else ""
    if part.why:
        return f"believed: {part.why.one}" + (f"; then {broken}" if broken else "")
    if broken:
        return broken
    if part.reading is not None:
        return "a rival"
    return "an anchor fits, no more" if part.claim is None else "claims them, says nothing"


def _unhex(data: bytes) -> bytes:
    """The bytes that hex text stands for; other input stays as it is."""
    text = b"".join(data.split())
    if text[:2].lower() == b"0x":
        text = text[2:]
    try:
        return bytes.fromhex(text.decode("ascii")) if text else data
    except ValueError:
        return data


def _from_line(line: bytes, *, why: bool) -> dict[str, Any]:
    from iotwatch.open.answer import answer

    try:
        row = msgspec.json.decode(line)
        payload = bytes.fromhex(row["payload_hex"])
    except (msgspec.DecodeError, ValueError, KeyError, TypeError) as error:
        return {"id": None, "dialect": None, "error": f"not a line with payload_hex: {error}"}
    told: list[Chosen] = []
    found = as_json(answer(payload[:MAX_MESSAGE], told))
    return {"id": row.get("id"), **found, **({"why": _why_json(told)} if why else {})}


def as_json(found: Answer) -> dict[str, Any]:
    """The answer as the documented JSON object."""
    return {
        "dialect": found.dialect or None,
        "confidence": found.confidence.name.lower() if found.dialect else None,
        "positions": [
            {"latitude": fix.latitude, "longitude": fix.longitude, "time": iso(fix.time), "valid": fix.valid}
            for fix in found.fixes
        ],
        "device_ids": list(found.device_ids),
        "cells": [[cell.mcc, cell.mnc, cell.lac, cell.cid] for cell in found.cells],
        "wifi": [point.bssid for point in found.access_points],
        "vin": found.vin or None,
        "checksum": found.checksum,
        "doubts": [doubt.text for doubt in found.doubts],
        "rivals": list(found.rivals),
    }
