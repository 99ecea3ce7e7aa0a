"""What is looked up by a number or a name of the device itself: nothing of it can be more than possible or likely."""

from __future__ import annotations

import pytest

from iotwatch.signatures.devices import Device, Receiver, _doubt, nmea_match

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
    assert getattr(nmea_match(KNOWN, value), "vendor", "") == vendor


@pytest.mark.parametrize(
    ("owner", "first"),
    [
        ("Qualcomm", "the vendor id is Qualcomm's and is found on modules of other makers too"),
        ("Quectel", "the vendor id of Quectel is found on products of other makers too"),
    ],
)
def test_whose_a_vendor_id_is_comes_first(owner: str, first: str) -> None:
    device = Device("Quectel", "EC25", "2c7c:0125", "usb", "", "", "", "likely", False, owner, "", "made here")
    told = _doubt(device).split("; ")
    assert told[0] == first
    assert len(told) == 2
