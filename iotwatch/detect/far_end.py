"""Who is at the other end, as far as offline data tell: country and network of the address, maker of the name."""

from __future__ import annotations

import msgspec

from iotwatch.detect.detector import Scene
from iotwatch.enrich import country, network


class FarEnd(msgspec.Struct, frozen=True):
    """Facts beside an address and a name; each is empty where nobody knows. The ``_source`` of each names data base and date."""

    country: str = ""
    country_source: str = ""
    network: str = ""
    network_source: str = ""
    vendor: str = ""
    purpose: str = ""

    @property
    def described(self) -> str:
        """What is known, to stand behind the far end's name in a sentence."""
        known = [part for part in (self.vendor, self.purpose, self.country, self.network) if part]
        return f" ({', '.join(known)})" if known else ""


def far_end(scene: Scene, address: str, name: str) -> FarEnd:
    """Look up ``address`` in the data bases of registrations, if there are any, and ``name`` in the signatures."""
    registered = country(address) if address else None
    announced = network(address) if address else None
    known = scene.signatures.match("host", name) if name else []
    return FarEnd(
        country=registered.name if registered else "",
        country_source=registered.source if registered else "",
        network=announced.name if announced else "",
        network_source=announced.source if announced else "",
        vendor=known[0].vendor if known else "",
        purpose=known[0].purpose if known else "",
    )
