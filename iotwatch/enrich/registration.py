"""Where an address is registered, and whose network it is in: the user's MaxMind files, else the registries' own lists.

The user's files win: ``IOTWATCH_COUNTRY_DB`` and ``IOTWATCH_AS_DB`` name files in MaxMind's format (MaxMind DB File Format
Specification 2.0). For countries the package ``iptocc`` (extra ``country``) stands in, with the delegations of the five
regional registries; no list of networks under a free licence is on the package index, so networks need the user's file. All
answers tell where an address is registered, not where its host stands.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from iotwatch.enrich.addresses import CACHE, scope
from iotwatch.enrich.attribution import Named

if TYPE_CHECKING:
    from importlib.metadata import Distribution

    import maxminddb

COUNTRY_DB_VARIABLE = "IOTWATCH_COUNTRY_DB"
NETWORK_DB_VARIABLE = "IOTWATCH_AS_DB"
PACKAGE = "iptocc"


@lru_cache(maxsize=CACHE)
def country(address: str) -> Named | None:
    """The ISO country in which a public address is registered; ``None`` where nothing on this host knows."""
    if scope(address) != "public":
        return None
    row, reader = _look_up(COUNTRY_DB_VARIABLE, address)
    if reader is not None and (code := _country_code(row)):
        return _named(code, reader)
    return _registered(address)


@lru_cache(maxsize=CACHE)
def network(address: str) -> Named | None:
    """The autonomous system that a public address is in, as ``AS64500 name``, from the user's files alone."""
    if scope(address) != "public":
        return None
    for variable in (NETWORK_DB_VARIABLE, COUNTRY_DB_VARIABLE):
        row, reader = _look_up(variable, address)
        if reader is not None and (name := _network_name(row)):
            return _named(name, reader)
    return None


def databases() -> Iterator[tuple[str, str]]:
    """What is asked for countries and for networks, with its date, or what its absence costs: for ``doctor``."""
    for what, variable in (("country", COUNTRY_DB_VARIABLE), ("network", NETWORK_DB_VARIABLE)):
        path = os.environ.get(variable, "")
        reader = _open(path) if path else None
        if reader is not None:
            yield what, _named("", reader).source
        elif path:
            yield what, f"{path} ({variable}) is no database that can be read"
        elif what == "country" and (package := _package()):
            yield what, f"{package[0]} {package[1]}".strip()
        else:
            pip = ", or pip install 'iotwatch[country]'" if what == "country" else ""
            yield what, f"none - the {what} of far ends stays empty: {variable} names a MaxMind file{pip}"


def _named(name: str, reader: maxminddb.Reader) -> Named:
    meta = reader.metadata()
    return Named(name, meta.database_type, datetime.fromtimestamp(meta.build_epoch, tz=UTC).date().isoformat())


def _look_up(variable: str, address: str) -> tuple[object, maxminddb.Reader | None]:
    path = os.environ.get(variable, "")
    reader = _open(path) if path else None
    if reader is None:
        return None, None
    import maxminddb

    try:
        return reader.get(address), reader
    except (ValueError, maxminddb.InvalidDatabaseError):  # an IPv6 address in a database of IPv4, or a broken record
        return None, None


@cache
def _open(path: str) -> maxminddb.Reader | None:
    import maxminddb

    try:
        return maxminddb.open_database(path)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError):
        return None


def _country_code(row: object) -> str:
    """The code of the layouts in use: ``country.iso_code``, ``country_code``, or ``country`` itself."""
    if not isinstance(row, dict):
        return ""
    inner = row.get("country")
    code = inner.get("iso_code") if isinstance(inner, dict) else row.get("country_code") or inner
    return code if isinstance(code, str) and len(code) == 2 else ""


def _network_name(row: object) -> str:
    """Number and name of the layouts in use: MaxMind's and DB-IP's ``autonomous_system_*``, IPinfo's ``asn``, ``as_name``."""
    if not isinstance(row, dict):
        return ""
    number: Any = row.get("autonomous_system_number") or row.get("asn") or ""
    name: Any = row.get("autonomous_system_organization") or row.get("as_name") or row.get("as_organization") or ""
    if not isinstance(number, int | str) or not isinstance(name, str):
        return ""
    prefix = f"AS{str(number).removeprefix('AS')}" if number else ""
    return f"{prefix} {name}".strip()[:200]


def _registered(address: str) -> Named | None:
    package = _package()
    if package is None:
        return None
    import iptocc

    code = iptocc.country_code(address.removeprefix("::ffff:"))
    return Named(code, *package) if code else None


@cache
def _package() -> tuple[str, str] | None:
    """Name with version, and date, of the registries' lists; ``None`` where the package is not installed."""
    # It brings the parser of e-mail, which takes longer to load than most lists here.
    from importlib import metadata

    try:
        found = metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError:
        return None
    return f"RIR delegations of {PACKAGE} {found.version}", _build_date(found)


def _build_date(found: Distribution) -> str:
    """The day the lists were built in: the package's bill of materials has it, the lists themselves do not."""
    try:
        bill = json.loads(found.read_text("sboms/iptocc-py.cyclonedx.json") or "{}")
    except (OSError, ValueError):
        return ""
    stamp = bill.get("metadata", {}).get("timestamp", "") if isinstance(bill, dict) else ""
    return stamp[:10] if isinstance(stamp, str) else ""
