"""What is looked up by a number or a name of the device itself: nothing of it can be more than possible or likely."""

from __future__ import annotations

import pytest

from iotwatch.signatures.devices import Receiver, nmea_matches

KNOWN = {
    prefix: Receiver(prefix, vendor, "vendor", "", "possible", "", "", "made here")
    for prefix, vendor in (("PUBX", "u-blox"), ("PMT", "MediaTek"), ("PMTKX", "a longer one"))
}


@pytest.mark.parametrize(
    ("value", "vendor"),
    [
        ("$PUBX,00,092750.00", "u-blox"),
        ("PMTK705,AXN", "MediaTek"),
        ("$PMTKX7,1", "a longer one"),
        ("$PMT", "MediaTek"),
        ("$PM", ""),
        ("$GPGGA,PUBX", ""),
        ("", ""),
    ],
)
def test_a_sentence_is_known_by_the_longest_beginning_of_its_address(value: str, vendor: str) -> None:
    assert [match.vendor for match in nmea_matches(KNOWN, value)] == ([vendor] if vendor else [])
