"""Who is at the other end, as far as offline data tell: country of the address, maker of the name."""

from __future__ import annotations

import msgspec

from iotwatch.detect.contract import Scene
from iotwatch.enrich import country


class FarEnd(msgspec.Struct, frozen=True):
    """Facts beside an address and a name; each is empty where nobody knows. ``country_source`` names data base and date."""

    country: str = ""
    country_source: str = ""
    vendor: str = ""
    purpose: str = ""

    @property
    def described(self) -> str:
        """What is known, to stand behind the far end's name in a sentence."""
        known = [part for part in (self.vendor, self.purpose, self.country) if part]
        return f" ({', '.join(known)})" if known else ""


def far_end(scene: Scene, address: str, name: str) -> FarEnd:
    """Look up ``address`` in the country data base, if there is one, and ``name`` in the signatures."""
    registered = country(address) if address else None
    known = scene.signatures.match("host", name) if name else []
    return FarEnd(
        country=registered.name if registered else "",
        country_source=f"{registered.database} {registered.date}".strip() if registered else "",
        vendor=known[0].vendor if known else "",
        purpose=known[0].purpose if known else "",
    )
