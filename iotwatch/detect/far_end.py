"""Who is at the other end, as far as offline data tell: country and network of the address, maker of the name."""

from __future__ import annotations

import msgspec

from iotwatch.detect.detector import Scene
from iotwatch.enrich import country, network


class FarEnd(msgspec.Struct, frozen=True):
    """Facts beside an address and a name; each is empty where nobody knows. The ``_source`` of each names data base and date.

    ``vendor_source`` is the file of the user's own that says whose it is, and empty for what is shipped.
    """

    country: str = ""
    country_source: str = ""
    network: str = ""
    network_source: str = ""
    vendor: str = ""
    purpose: str = ""
    vendor_source: str = ""

    @property
    def facts(self) -> dict[str, str]:
        """All by name; where nobody but us says whose it is, nothing of who does."""
        told = msgspec.structs.asdict(self)
        return told if self.vendor_source else {name: fact for name, fact in told.items() if name != "vendor_source"}

    @property
    def described(self) -> str:
        """What is known, to stand behind the far end's name in a sentence."""
        own = f"by own rule {self.vendor_source}" if self.vendor_source else ""
        known = [part for part in (self.vendor, self.purpose, own, self.country, self.network) if part]
        return f" ({', '.join(known)})" if known else ""


def far_end(scene: Scene, address: str, name: str) -> FarEnd:
    """Look up ``address`` in the data bases of registrations, if there are any, and ``name`` (or it) in the signatures."""
    registered = country(address) if address else None
    announced = network(address) if address else None
    known = scene.signatures.match("host", name or address) if name or address else []
    return FarEnd(
        country=registered.name if registered else "",
        country_source=registered.source if registered else "",
        network=announced.name if announced else "",
        network_source=announced.source if announced else "",
        vendor=known[0].vendor if known else "",
        purpose=known[0].purpose if known else "",
        vendor_source=known[0].origin if known else "",
    )
