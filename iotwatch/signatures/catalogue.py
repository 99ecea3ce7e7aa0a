"""All signatures and tables of the shipped folder and of the user's own ones, asked value by value."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache, cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from iotwatch.errors import SignatureError
from iotwatch.files.own import own_folders, shown
from iotwatch.patterns import regex
from iotwatch.signatures import devices, tables
from iotwatch.signatures.format import HOST_FIELDS, Rule, Signature, read_own, read_signatures
from iotwatch.signatures.hosts import HostIndex
from iotwatch.signatures.match import Command, Listing, Match, Scan
from iotwatch.signatures.roles import settle_roles
from iotwatch.signatures.texts import Compiled, Hit, Scanner

if TYPE_CHECKING:
    from iotwatch.signatures.allowed import Allowed, AllowList

CACHE = 1 << 16
PACKAGED = Path(__file__).resolve().parent.parent / "data" / "signatures"
CHECKOUT = Path(__file__).resolve().parents[2] / "signatures"

_COMMAND = regex(r"AT[!#$%&*+^]?[A-Z0-9]{1,24}", re.IGNORECASE)


def _match(field: str, hit: Hit) -> Match:
    signature, rule = hit.signature, hit.rule
    return Match(
        signature=signature.id,
        vendor=signature.vendor,
        product=hit.product or rule.product or signature.product,
        country=signature.country,
        identifies=signature.identifies,
        field=field,
        confidence=rule.level,
        because=rule.because,
        mistaken_for=rule.mistaken_for,
        source="; ".join(origin.title for origin in rule.source),
        start=hit.start,
        end=hit.end,
        purpose=rule.purpose,
        sends_location=rule.sends_location,
        version=hit.version,
        weak=rule.weak,
        inside=rule.inside,
        origin=signature.file,
    )


class Signatures:
    """The signatures of one folder, and those that the folders of the user's ``own`` add.

    Immutable; tables and matchers are built when first asked. An own signature whose id is taken is an error: findings
    name signatures by their ids.
    """

    def __init__(self, folder: Path, own: tuple[Path, ...] = ()) -> None:
        for one in (folder, *own):
            if not one.is_dir():
                raise SignatureError(f"{one}: there is no folder of signatures")
        self.folder, self.own = folder, own
        self._allow_list = _allow_list(own) if own else None
        self._signatures = read_signatures(folder)
        self._by_id = {signature.id: signature for signature in self._signatures}
        for signature in chain.from_iterable(map(read_own, own)):
            if taken := self._by_id.get(signature.id):
                where = taken.file or "a shipped signature"
                raise SignatureError(
                    f"{signature.file}: the id {signature.id!r} is that of {where}: give it another one"
                )
            self._by_id[signature.id] = signature
        self._signatures = tuple(self._by_id.values()) if own else self._signatures
        self._cached = lru_cache(maxsize=CACHE)(self._look_up)

    @cached_property
    def version(self) -> str:
        """Twelve hex digits of SHA-256 over the names and bytes of all data files."""
        digest = hashlib.sha256()
        for file in sorted(self.folder.glob("*/*")):
            if file.suffix in {".toml", ".tsv"}:
                digest.update(file.relative_to(self.folder).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(file.read_bytes()).digest())
        for folder in self.own:
            for file in sorted(_data_files(folder)):
                digest.update(shown(file, folder).encode() + b"\0")
                digest.update(hashlib.sha256(file.read_bytes()).digest())
        return digest.hexdigest()[:12]

    def all(self) -> tuple[Signature, ...]:
        """Return every signature, in the order of their files."""
        return self._signatures

    def get(self, signature: str) -> Signature | None:
        """Return the signature of that id; rows of tables have none."""
        return self._by_id.get(signature)

    def match(self, field: str, value: str) -> list[Match]:
        """Return what knows ``value``, the surest first. Hosts match by suffix, every other field by pattern.

        ``usb`` takes ``vvvv:pppp``, ``imei.tac`` an IMEI or its first 8 digits, ``oui`` a MAC address, ``payload``
        bytes as latin-1 text. An unknown field gives nothing.
        """
        return list(self._cached(field, value))

    def usb(self, vendor_id: int, product_id: int) -> list[Match]:
        """Return the makers that a USB id names; ids of platforms and rebrands are at most ``possible``."""
        return self.match("usb", f"{vendor_id:04x}:{product_id:04x}")

    def pci(self, vendor_id: int, device_id: int) -> list[Match]:
        """Return the makers that a PCI id names."""
        return self._devices.find("pci", f"{vendor_id:04x}:{device_id:04x}")

    def scan(self, data: bytes) -> Scan:
        """Return the text patterns in ``data``, at most 64 places a pattern, roles settled (see ``roles``)."""
        found = self._scanner.find(data)
        matches = [_match("text", hit) for hit in found.hits]
        for start, end in found.names:
            known = self._host_matches("host", data[start:end].decode("latin-1"))
            matches += [msgspec.structs.replace(match, field="text", start=start, end=end) for match in known]
        matches.sort(key=lambda match: (match.start, match.end, match.signature))
        return Scan(settle_roles(matches), found.truncated)

    def command(self, text: str) -> Command | None:
        """Return what the AT command in ``text`` is for: the longest known command that it begins with."""
        found = _COMMAND.match(text.strip())
        if found is None:
            return None
        line = text.strip().upper()
        known = self._commands.get(found[0].upper(), [])
        return next((row for row in known if line.startswith(row.command.upper())), None)

    def lists(self, vendor: str) -> tuple[Listing, ...]:
        """Return the official lists that name the maker, verified ones only; ``A (B)`` is looked up as B, then as A."""
        outer, _, inner = vendor.lower().rstrip(")").partition(" (")
        listings = self._listings
        return listings.get(vendor.lower()) or listings.get(inner) or listings.get(outer) or ()

    def expected(self, far_end: str) -> Allowed | None:
        """Return the entry of the user's own lists that expects a far end, by its name or address."""
        return self._allow_list.find(far_end) if self._allow_list is not None else None

    def _look_up(self, field: str, value: str) -> tuple[Match, ...]:
        if field in HOST_FIELDS:
            found: Iterable[Match] = self._host_matches(field, value)
        else:
            matcher = self._matchers.get(field)
            found = [_match(field, hit) for hit in matcher.find(value)] if matcher is not None else []
            found = [*found, *self._table_matches(field, value)]
        return tuple(
            sorted(found, key=lambda match: (-match.confidence, not match.product, match.vendor, match.signature))
        )

    def _host_matches(self, field: str, value: str) -> list[Match]:
        rules = self._host_rules[field if field in HOST_FIELDS else "host"]
        found = [*rules.find(value), *self._endpoints.find(value), *self._own_endpoints.find(value)]
        return [msgspec.structs.replace(match, field=field, end=len(value)) for match in found]

    def _table_matches(self, field: str, value: str) -> list[Match]:
        if field == "text":
            return self._host_matches(field, value)
        if field == "usb":
            return self._devices.find("usb", value.lower())
        return [match for match in [self._table_match(field, value)] if match is not None]

    def _table_match(self, field: str, value: str) -> Match | None:
        match field:
            case "at.command":
                command = self.command(value)
                return devices.command_match(command) if command is not None else None
            case "imei.tac":
                return devices.tac_match(self._tacs, value)
            case "oui":
                return devices.oui_match(self._ouis, value)
            case "nmea":
                return devices.nmea_match(self._receivers, value)
        return None

    def _rules(self, *fields: str) -> list[tuple[Signature, Rule]]:
        return [(signature, rule) for signature in self._signatures for rule in signature.match if rule.field in fields]

    @cached_property
    def _matchers(self) -> dict[str, Compiled]:
        fields = {rule.field for signature in self._signatures for rule in signature.match} - set(HOST_FIELDS)
        return {field: Compiled(self._rules(field)) for field in sorted(fields)}

    @cached_property
    def _host_rules(self) -> dict[str, HostIndex[Match]]:
        rules = {field: self._rules("host", field) for field in HOST_FIELDS}
        return {
            field: HostIndex((rule.pattern, _match(field, Hit(signature, rule, 0, 0))) for signature, rule in known)
            for field, known in rules.items()
        }

    @cached_property
    def _endpoints(self) -> HostIndex[Match]:
        return HostIndex((row.host, devices.endpoint_match(row)) for row in tables.read(self._tables, tables.Endpoint))

    @cached_property
    def _own_endpoints(self) -> HostIndex[Match]:
        return HostIndex(
            (row.host, msgspec.structs.replace(devices.endpoint_match(row), origin=shown(file, folder)))
            for folder in self.own
            for file in sorted((folder / "tables").glob("endpoints*.tsv"))
            for row in tables.read_file(file, tables.Endpoint)
        )

    @cached_property
    def _scanner(self) -> Scanner:
        literals = self._host_rules["host"].literals | self._endpoints.literals | self._own_endpoints.literals
        return Scanner(self._rules("text"), literals)

    @cached_property
    def _devices(self) -> devices.DeviceIds:
        return devices.DeviceIds(tables.read(self._tables, tables.Device))

    @cached_property
    def _commands(self) -> dict[str, list[Command]]:
        found: dict[str, list[Command]] = {}
        for command in tables.read(self._tables, Command):
            name = _COMMAND.match(command.command)
            if name is not None:
                found.setdefault(name[0].upper(), []).append(command)
        return {name: sorted(rows, key=lambda row: -len(row.command)) for name, rows in found.items()}

    @cached_property
    def _tacs(self) -> dict[str, tables.Tac]:
        return {row.tac: row for row in tables.read(self._tables, tables.Tac)}

    @cached_property
    def _ouis(self) -> dict[str, tables.OuiBlock]:
        blocks = tables.read(self._tables, tables.OuiBlock)
        return {prefix: block for block in blocks for prefix in block.prefixes.split()}

    @cached_property
    def _receivers(self) -> dict[str, tables.Receiver]:
        return {row.prefix: row for row in tables.read(self._tables, tables.Receiver)}

    @cached_property
    def _listings(self) -> dict[str, tuple[Listing, ...]]:
        return tables.listings(self._tables)

    @property
    def _tables(self) -> Path:
        return self.folder / "tables"


def _allow_list(own: tuple[Path, ...]) -> AllowList:
    from iotwatch.signatures.allowed import AllowList

    return AllowList(own)


def _data_files(folder: Path) -> Iterator[Path]:
    """The files of an own folder that decide what is found."""
    for pattern in ("*.toml", "*/*.toml", "tables/*.tsv", "dialects/*/*.toml"):
        yield from folder.glob(pattern)


@cache
def _load(folder: Path, own: tuple[Path, ...]) -> Signatures:
    return Signatures(folder, own)


def shipped(*own: Path) -> Signatures:
    """Return the shipped signatures with what ``own`` folders add, and nothing of the user's settings."""
    return _load((PACKAGED if PACKAGED.is_dir() else CHECKOUT).resolve(), tuple(one.resolve() for one in own))


def load(*own: Path) -> Signatures:
    """Return the shipped signatures with what the folders of the user (``own_folders``) and ``own`` add; read once."""
    return shipped(*dict.fromkeys((*own_folders(), *(one.resolve() for one in own))))
