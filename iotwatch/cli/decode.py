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
    from iotwatch.decode.single import Answer

MAX_MESSAGE = 1 << 20


@click.command("decode")
@click.argument("message", required=False, metavar="[HEX|-]")
@option("--jsonl", is_flag=True, help="One JSON object in per line (payload_hex, id), one out, in the same order.")
@talking
def command(message: str | None, jsonl: bool, talk: Talk) -> None:
    """Tell which dialect a message is and what it says. No port is asked for.

    HEX is the message in hex (spaces are fine) or its text; - reads it from standard input.
    """
    from iotwatch.decode.single import answer

    if jsonl:
        encode, write = msgspec.json.Encoder().encode, sys.stdout.buffer.write
        for line in sys.stdin.buffer:
            if line.strip():
                write(encode(_from_line(line)) + b"\n")
        sys.stdout.buffer.flush()
        return
    if message is None:
        raise click.UsageError("give a message in hex, or - for standard input")
    data = sys.stdin.buffer.read(MAX_MESSAGE) if message == "-" else message.encode()
    found = answer(_unhex(data))
    click.echo(json.dumps(as_json(found), indent=2))
    if not found.dialect and not talk.quiet:
        click.echo("no dialect claims these bytes", err=True)


def _unhex(data: bytes) -> bytes:
    """The bytes that hex text stands for; other input stays as it is."""
    text = b"".join(data.split())
    if text[:2].lower() == b"0x":
        text = text[2:]
    try:
        return bytes.fromhex(text.decode("ascii")) if text else data
    except ValueError:
        return data


def _from_line(line: bytes) -> dict[str, Any]:
    from iotwatch.decode.single import answer

    try:
        row = msgspec.json.decode(line)
        payload = bytes.fromhex(row["payload_hex"])
    except (msgspec.DecodeError, ValueError, KeyError, TypeError) as error:
        return {"id": None, "dialect": None, "error": f"not a line with payload_hex: {error}"}
    return {"id": row.get("id"), **as_json(answer(payload[:MAX_MESSAGE]))}


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
        "doubts": list(found.doubts),
        "rivals": list(found.rivals),
    }
