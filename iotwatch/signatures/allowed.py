"""``allow.toml`` in an own folder: far ends that a fleet expects. They are told as expected and never left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path

import msgspec

from iotwatch.errors import SignatureError
from iotwatch.files.own import ALLOWED, shown
from iotwatch.files.toml import converted, parsed
from iotwatch.signatures.hosts import HostIndex, host_name
from iotwatch.words.hosts import is_address


class Allowed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ``[[allow]]``: ``host`` is a host pattern, an address or a network (``192.0.2.0/24``), ``because`` says why it is
    expected. ``file`` is where it stands; a file cannot say that itself."""

    host: str
    because: str
    file: str = ""

    def __post_init__(self) -> None:
        if not self.because.strip():
            raise ValueError("`because` must say why the far end is expected")
        if "/" in self.host:
            ip_network(self.host)  # what is no network is told with its key
        elif "." not in self.host.strip("*.") and not is_address(self.host):
            raise ValueError(f"{self.host!r} is no host, address or network: a name has two labels at least")


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    allow: tuple[Allowed, ...]


class AllowList:
    """What the own folders expect, asked by a far end's name or address."""

    def __init__(self, folders: Iterable[Path]) -> None:
        known = [one for folder in folders for one in _read(folder)]
        self._hosts = HostIndex((one.host, one) for one in known if "/" not in one.host)
        self._networks: list[tuple[IPv4Network | IPv6Network, Allowed]] = [
            (ip_network(one.host), one) for one in known if "/" in one.host
        ]

    def find(self, far_end: str) -> Allowed | None:
        """The entry that expects a name or an address (a port may follow); the first one of several."""
        found = self._hosts.find(far_end)
        if found or not self._networks or not is_address(name := host_name(far_end)):
            return found[0] if found else None
        address = ip_address(name)
        return next((one for network, one in self._networks if address in network), None)


def _read(folder: Path) -> Iterator[Allowed]:
    path = folder / ALLOWED
    if not path.is_file():
        return
    try:
        (said,) = parsed(path, [path])
    except (msgspec.DecodeError, OSError) as error:
        raise SignatureError(f"{path}: {error}") from error
    for one in converted(path, said, _File).allow:
        yield msgspec.structs.replace(one, file=shown(path, folder))
