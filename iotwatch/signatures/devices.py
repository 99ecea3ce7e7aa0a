"""Matches from the tables: USB and PCI ids, TACs, OUIs, endpoints, AT commands.

A vendor id belongs to one company (USB-IF, PCI-SIG), but chip makers lend theirs to every module on their platform and
computer makers put theirs on bought modules: such an id proves its owner, and the module's maker is only ``possible``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.signatures.format import Identifies
from iotwatch.signatures.match import Command, Match
from iotwatch.signatures.tables import Device, Endpoint, OuiBlock, Receiver, Tac

CHIP_MAKERS = frozenset({"ASR Micro", "MediaTek", "Qualcomm", "Unisoc"})
MODELS_SHOWN = 4

# Companies that put their vendor id on many things besides modems: an unknown product of theirs names the maker alone.
_WIDE = frozenset({"Alcatel/TCL", "DJI", "Foxconn", "Huawei", "Hytera", "Sierra Wireless", "ZTE", "u-blox"})
_GNSS_ONLY = regex(r"GNSS|GPS", re.IGNORECASE)
_FORGED = "an id can be set to any value"


def _role(device: Device) -> Identifies:
    if device.vendor in CHIP_MAKERS:
        return "chipset"
    if _GNSS_ONLY.search(device.model) or (device.vendor in _WIDE and not device.model):
        return "vendor"
    return "module"


def _doubt(device: Device) -> str:
    doubts = [_FORGED]
    if device.id_owner and device.id_owner != device.vendor:
        doubts.insert(0, f"the vendor id is {device.id_owner}'s and is found on modules of other makers too")
    elif device.id_owner:
        doubts.insert(0, f"the vendor id of {device.id_owner} is found on products of other makers too")
    if device.vendor.endswith("(rebrand)"):
        doubts.insert(0, "a brand on a bought module: the model tells who made it")
    if device.unverified:
        doubts.append("parts of this row have no source")
    return "; ".join(doubts)


class DeviceIds:
    """USB and PCI ids. Rows of one maker with one id become one match that names up to four models."""

    def __init__(self, devices: Iterable[Device]) -> None:
        grouped: dict[tuple[str, str, str], list[Device]] = {}
        for device in devices:
            if device.id:
                grouped.setdefault((device.bus, device.id, device.vendor), []).append(device)
        self._known: dict[tuple[str, str], list[Match]] = {}
        for (bus, number, _), rows in grouped.items():
            self._known.setdefault((bus, number), []).append(_device_match(rows))

    def find(self, bus: str, number: str) -> list[Match]:
        """Return the matches of ``vvvv:pppp`` on ``usb`` or ``pci``: its product rows, then the row of its vendor id."""
        exact = self._known.get((bus, number), [])
        return [*exact, *self._known.get((bus, number[:5] + "*"), [])]


def _device_match(rows: list[Device]) -> Match:
    first = rows[0]
    models = sorted({row.model for row in rows if row.model})
    product = " / ".join(models[:MODELS_SHOWN]) + (" ..." if len(models) > MODELS_SHOWN else "")
    told = f"vendor id {first.id[:4]}" if first.id.endswith("*") else f"id {first.id}"
    return Match(
        signature=f"{first.bus}:{first.id}",
        vendor=first.vendor,
        product=product,
        country=first.country,
        identifies=_role(first),
        field=first.bus,
        confidence=max(Confidence[row.confidence.upper()] for row in rows),
        because=f"the {first.bus.upper()} {told} is that of {first.vendor} {product}".rstrip(),
        mistaken_for=_doubt(first),
        source="; ".join(sorted({row.source for row in rows})),
        end=len(first.id),
    )


def endpoint_match(row: Endpoint) -> Match:
    """Return the match of an endpoint's row."""
    doubts = [text for text in (row.note, "no source was found for it" if row.unverified else "") if text]
    return Match(
        signature=f"endpoint:{row.host}",
        vendor=row.vendor,
        country=row.country,
        identifies="endpoint",
        field="host",
        confidence=Confidence.POSSIBLE if row.unverified else Confidence[row.confidence.upper()],
        because=f"{row.host} is an endpoint of {row.vendor}: {row.purpose}",
        mistaken_for="; ".join(doubts) or "apps and websites of the same maker use its names too",
        source=row.source,
        purpose=row.purpose,
        sends_location=row.sends_location == "yes",
    )


def command_match(row: Command) -> Match:
    """Return the match of an AT command: a hint at the maker, since makers borrow each other's commands."""
    standard = row.vendor.startswith("3GPP")
    return Match(
        signature=f"at:{row.command}",
        vendor="" if standard else row.vendor,
        identifies="module",
        field="at.command",
        confidence=Confidence.POSSIBLE,
        because=f"{row.command}: {row.meaning}",
        mistaken_for="every cellular modem knows it" if standard else "makers borrow each other's commands",
        source=row.source,
        end=len(row.command),
        purpose=row.action,
        sends_location=row.location == "yes" and row.action == "sends",
        weak=True,
    )


def tac_match(known: dict[str, Tac], value: str) -> Match | None:
    """Return the match of an IMEI or a TAC; the table is a crowd's list of 2018, so ``possible`` at most."""
    row = known.get(value.strip()[:8])
    if row is None:
        return None
    return Match(
        signature=f"tac:{row.tac}",
        vendor=row.vendor,
        product=row.model,
        identifies="module",
        field="imei.tac",
        confidence=Confidence.POSSIBLE,
        because=f"the type allocation code {row.tac} is listed for {row.brand} {row.model}",
        mistaken_for="an IMEI can be rewritten; the list is a crowd's of 2018",
        source="VTSTech/IMEIDB imeidb.csv",
        end=8,
    )


def nmea_match(known: dict[str, Receiver], value: str) -> Match | None:
    """Return the match of a proprietary sentence (``$PUBX,00,...``) by the longest known beginning of its address."""
    address = value.removeprefix("$").partition(",")[0]
    row = next((known[address[:size]] for size in range(len(address), 2, -1) if address[:size] in known), None)
    if row is None:
        return None
    return Match(
        signature=f"nmea:{row.prefix}",
        vendor=row.vendor,
        country=row.country,
        identifies=row.role,
        field="nmea",
        confidence=Confidence[row.confidence.upper()],
        because=f"${row.prefix}: {row.says}",
        mistaken_for=row.mistaken_for,
        source=row.source,
        end=len(value),
        purpose="gnss",
    )


def oui_match(known: dict[str, OuiBlock], value: str) -> Match | None:
    """Return the match of a MAC address in any usual writing; the longest block decides, local addresses have none."""
    digits = re.sub(r"[^0-9a-f]", "", value[:32].lower())
    if len(digits) < 6 or int(digits[1], 16) & 2:
        return None
    block = next((known[digits[:size]] for size in (9, 7, 6) if digits[:size] in known), None)
    if block is None:
        return None
    return Match(
        signature=f"oui:{digits[:6]}",
        vendor=block.vendor,
        country=block.country,
        identifies="chipset" if block.category in {"chipset", "wifi_soc"} else "vendor",
        field="oui",
        confidence=Confidence.LIKELY,
        because=f"the address block is registered to {block.organisation}",
        mistaken_for="an address can be set to any value; makers sell network parts to other makers",
        source="IEEE registration authority, as of oui-data 2.1.9",
        end=len(value),
        purpose=block.category,
    )
