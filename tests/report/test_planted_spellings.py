"""Sixty ways to write who sent and where: none leaves whole, in whatever field of a row it stands."""

from __future__ import annotations

import base64
import re
from urllib.parse import quote

import pytest

from iotwatch.report.masking import told

IMEI, ICCID, IMSI = "358412345678903", "89490200001234567892", "262011234567890"
LATITUDE, LONGITUDE = "48.137154", "11.575382"


def _joined(text: str, mark: str, size: int) -> str:
    return mark.join(text[at : at + size] for at in range(0, len(text), size))


SPELLINGS = [
    IMEI,
    f"v1.{IMEI}",
    f"v1.{IMEI}.7",
    f"{IMEI}.pcap",
    f"{IMEI}.5",
    *(_joined(IMEI, mark, size) for mark in ". /_-~" for size in (1, 3)),
    *(_joined(ICCID, mark, 4) for mark in ". /_-"),
    _joined(IMSI, ".", 5),
    _joined(IMEI, ":", 5),
    "35-841234-567890-3",
    "35 841234 567890 3",
    "".join(f"%{ord(one):02x}" for one in IMEI),
    "".join(f"%{ord(one):02X}" for one in IMEI[:10]) + IMEI[10:],
    "".join(f"&#{ord(one)};" for one in IMEI),
    "".join(f"&#x{ord(one):x};" for one in IMEI),
    "".join(f"\\x{ord(one):02x}" for one in IMEI),
    "".join(f"\\u{ord(one):04x}" for one in IMEI),
    ", ".join(f"0x{ord(one):02x}" for one in IMEI),
    IMEI.encode().hex(),
    IMEI.encode().hex(" "),
    IMEI.encode().hex(":"),
    base64.b64encode(IMEI.encode()).decode(),
    base64.b64encode(f"imei={IMEI}".encode()).decode().rstrip("="),
    base64.urlsafe_b64encode(f"id?{IMEI}>{IMSI}".encode()).decode(),
    "+49 170 1234567",
    "+49 (0)170 1234567",
    "+49-170-123-4567",
    "+49.170.1234567",
    "+49/170/1234567",
    "0049 170 1234567",
    "0049-170-1234567",
    "00491701234567",
    "0170 1234567",
    "0170/1234567",
    "(0170) 1234567",
    "(0170) 123 4567",
    "60:60:1f:12:34:56",
    "60-60-1F-12-34-56",
    "6060.1f12.3456",
    "60601f123456",
    "WVWZZZ1JZXW000001",
    f"{LATITUDE},{LONGITUDE}",
    f"12.5,{LATITUDE},{LONGITUDE},3.25",
    f"{LATITUDE} {LONGITUDE}",
    f"{LATITUDE}/{LONGITUDE}",
    f"{LATITUDE}_{LONGITUDE}",
    quote(f"{LATITUDE},{LONGITUDE}"),
    quote(f"{LATITUDE}, {LONGITUDE}"),
    "48,137154; 11,575382",
    "48137154,11575382",
    f"geo:{LATITUDE},{LONGITUDE};u=5",
    f"lat={LATITUDE}&lon={LONGITUDE}",
    base64.b64encode(f"{LATITUDE},{LONGITUDE}".encode()).decode(),
    "48°08'13.8\"N 11°34'31.4\"E",
    "4808.2292,N,01134.5229,E",
]
PLAIN = (
    "5678903",
    "567892",
    "567890",
    "1234567",
    "123456",
    "000001",
    "37154",
    "75382",
    "8137154",
    "13.8",
    "08.2292",
    "34.5229",
)


def read(text: str) -> str:
    """The text without what stands between letters and digits, after what is encoded in it was taken off."""
    for one in re.findall(r"[0-9A-Za-z+/_-]{12,}={0,2}", text):
        try:
            text += " " + base64.b64decode(
                one + "=" * (-len(one) % 4), b"-_" if {"-", "_"} & set(one) else None
            ).decode("ascii")
        except ValueError:
            continue
    text = re.sub(
        r"%([0-9A-Fa-f]{2})|\\x([0-9a-f]{2})|&#x([0-9a-f]+);",
        lambda hit: chr(int(hit[1] or hit[2] or hit[3], 16)),
        text,
    )
    return re.sub(r"&#([0-9]+);", lambda hit: chr(int(hit[1])), text)


def leaks(text: str) -> list[str]:
    shown = read(text)
    bare = re.sub(r"[^0-9A-Za-z*]", "", shown)
    return [one for one in PLAIN if one in shown or (one.isalnum() and one in bare)]


def test_there_are_sixty_and_each_is_read_where_nothing_is_masked() -> None:
    assert len(set(SPELLINGS)) >= 60
    assert [
        one for one in SPELLINGS if not leaks(one) and not {"3", "\\u"} & {one[:1], one[:2]} and "0x" not in one
    ] == []


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("field", ["title", "subject", "path", "note", "server_name", "reasons", "facts"])
def test_no_spelling_leaves_whole(spelling: str, field: str) -> None:
    given = {"reasons": [f"sent by {spelling} to a host"], "facts": {"text": spelling, spelling: 1}}.get(
        field, f"a {spelling} b"
    )
    for row in ({field: given}, {field: given, "reported_id": spelling}):
        out = str(told(row))
        assert spelling not in out
        assert leaks(out) == []


def test_a_name_that_no_pattern_knows_is_hidden_wherever_its_row_tells_it() -> None:
    row = {
        "reported_id": "Truck-Miller-7",
        "title": "Position sent by Truck-Miller-7",
        "facts": {"path": "Truck-Miller-7.log"},
    }
    assert "Miller-7" not in str(told(row))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22 2026-11-23 and 10.0.0.1 10.0.0.2 192.168.1.100",
        "every 60.000001 s +- 0.0123456789 s, at 1700000000.123456",
        "20261122013834.pcap",
        "firmware 1.2.3.4, frames 12,345,678",
        "sha256 and iotwatch show finding 1ffe4f4ebe66d233",
        "application/octet-stream of /usr/lib/libcrypto.so.1.1",
    ],
)
def test_what_names_nobody_stays(text: str) -> None:
    assert told({"title": text}) == {"title": text}
