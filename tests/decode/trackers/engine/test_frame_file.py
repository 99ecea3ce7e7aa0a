"""Frame dialects as data: what a file may say, and what its parts do."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.checksums import crc16_xmodem
from iotwatch.decode.trackers.engine.frame_file import load, load_all
from iotwatch.errors import SignatureError
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes
from iotwatch.words.doubts import ReadingDoubt

HEAD = """
name = "made"
title = "Made here"
sources = ["made here"]
transport = "tcp"
anchors = ['MD']
rank = 2
"""
SIZE = """
[[size]]
field = "u8@2"
plus = 3
"""
IMEI = "490154203237518"


def messages(folder: Path, body: str, data: bytes, head: str = HEAD + SIZE) -> list[Message]:
    path = folder / "made.toml"
    path.write_text(head + body)
    return list(load(path).messages(from_bytes(data)))


def frame(content: bytes) -> bytes:
    return b"MD" + bytes([len(content)]) + content


def layout(**layouts: str) -> str:
    return "\n[layout]\n" + "\n".join(f"{name} = '''{steps}'''" for name, steps in layouts.items())


def test_a_file_dropped_into_a_folder_is_a_dialect(tmp_path: Path) -> None:
    (tmp_path / "made.toml").write_text(HEAD + SIZE + layout(frame="x3\nu32 device"))
    (dialect,) = load_all(tmp_path)
    assert (dialect.name, dialect.rank) == ("made", 2)
    (message,) = dialect.messages(from_bytes(frame(b"\0\0\0\x07")))
    assert message.device_ids == ("7",)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("wrong = 1\n" + layout(frame="x3"), "unknown field"),
        (layout(frame="u7 lat"), "no type"),
        (layout(frame="u8 nothing"), "no name"),
        (layout(frame="u8 lat ^3"), "no operation"),
        (layout(frame="each"), "not understood"),
        (layout(frame="do other"), "not there"),
        (layout(frame="do frame"), "leads to itself"),
        (layout(frame="x3", more="x1"), "no step leads"),
        (layout(frame="if u8=x=y x1"), "condition"),
        ('[[check]]\nkind = "crc99"\ncovers = [0]\nat = "u8@2"\n' + layout(frame="x3"), "no check value"),
        (layout(frame="doubt NEVER_HEARD_OF"), "not understood"),
        (layout(frame="doubt RECKONED_BY_SATELLITES"), "not understood"),
    ],
)
def test_what_a_file_must_not_say(tmp_path: Path, body: str, told: str) -> None:
    head = HEAD + SIZE if not body.startswith("wrong") else HEAD
    with pytest.raises(SignatureError, match=told):
        messages(tmp_path, body, frame(bytes(8)), head if not body.startswith("wrong") else HEAD)


@pytest.mark.parametrize(("name", "told"), [("the hemisphere", "has no word"), ("NOT_TO_THE_END", "does not fit")])
def test_a_doubt_of_each_frame_is_a_word_without_values(tmp_path: Path, name: str, told: str) -> None:
    with pytest.raises(SignatureError, match=told):
        messages(tmp_path, layout(frame="x3"), b"", f'{HEAD}doubts = ["{name}"]\n{SIZE}')


def test_one_wrong_part_refuses_a_frame_and_ends_a_partial_one(tmp_path: Path) -> None:
    body = layout(frame="x3\neach record", record="i32 lat /1e6\ni32 lon /1e6\nu32 unix!")
    data = frame(struct.pack(">iiI", 51_500_000, -3_500_000, 1_700_000_000) + bytes(12))
    assert messages(tmp_path, body, data) == []
    (message,) = messages(tmp_path, body, data, HEAD + "partial = true\n" + SIZE)
    assert [(fix.latitude, fix.longitude) for fix in message.fixes] == [(51.5, -3.5)]
    assert message.confidence is Confidence.POSSIBLE
    assert message.doubts[0].word is ReadingDoubt.NOT_TO_THE_END


@pytest.mark.parametrize(("wrong", "word"), [("refuse", None), ("tell", "bad")])
def test_a_wrong_check_value_refuses_or_is_told(tmp_path: Path, wrong: str, word: str | None) -> None:
    check = f'tail = 2\n{SIZE}[[check]]\nkind = "crc16-xmodem"\ncovers = [3, -2]\nat = "u16@-2"\nwrong = "{wrong}"\n'
    body = layout(frame="x3\nu32 device\nx*")
    content = b"\0\0\0\x07"
    good = frame(content + crc16_xmodem(content).to_bytes(2, "big"))
    (message,) = messages(tmp_path, body, good, HEAD + check)
    assert (message.checksum, message.confidence) == ("ok", Confidence.CERTAIN)
    found = messages(tmp_path, body, frame(content + b"\0\0"), HEAD + check)
    assert [message.checksum for message in found] == ([word] if word else [])


@pytest.mark.parametrize("loop", ["each", "gather", "scan", "times _n"])
def test_a_loop_over_no_bytes_ends(tmp_path: Path, loop: str) -> None:
    steps = layout(frame=f"x2\nu8 _n\n{loop} nothing", nothing="if _n=999 x1")
    assert len(messages(tmp_path, steps, frame(bytes(200)))) == (loop == "scan")


def test_records_whose_sizes_stand_before_them(tmp_path: Path) -> None:
    body = layout(frame="x3\nu8 _n\nsized _n u8 record", record="u32 unix!\ni32 lat /1e6\ni32 lon /1e6\nx*")
    records = [struct.pack(">Iii", 1_700_000_000, 51_500_000, east) + bytes(east) for east in (3, 0)]
    sizes = bytes([2, *map(len, records)])
    (message,) = messages(tmp_path, body, frame(sizes + b"".join(records)))
    assert [fix.longitude for fix in message.fixes] == [3e-6, 0]
    assert messages(tmp_path, body, frame(sizes + records[0])) == []


def test_an_end_that_is_looked_for_behind_what_a_field_counts(tmp_path: Path) -> None:
    head = HEAD + "[[size]]\nfield = 'u8@2'\nplus = 3\nuntil = '\\xff'\n"
    (message,) = messages(tmp_path, layout(frame="x3\nhex2 device"), b"MD\x02\xff\xff\x01\xff", head)
    assert message.span == (0, 7)


def test_the_word_on_the_check_value_is_a_value(tmp_path: Path) -> None:
    check = '[[check]]\nkind = "xor8"\ncovers = [3, -1]\nat = "u8@-1"\nwrong = "tell"\n'
    body = check + layout(frame="x3\nif _check=ok fail\nu8 device")
    assert messages(tmp_path, body, frame(b"\x07\x07")) == []
    assert [message.checksum for message in messages(tmp_path, body, frame(b"\x07\x08"))] == ["bad"]


def test_escapes_are_undone_and_lengths_hold(tmp_path: Path) -> None:
    head = (
        HEAD
        + "[[size]]\nuntil = '\\xff'\n"
        + '[escape]\npairs = [["\\u00fe\\u0001", "\\u00ff"]]\nsize = "u8@2"\nplus = 4\n'
    )
    body = layout(frame="x3\nhex2 device")
    (message,) = messages(tmp_path, body, b"MD\x02\x05\xfe\x01\xff", head)
    assert message.device_ids == ("05ff",)
    assert messages(tmp_path, body, b"MD\x01\x05\xfe\x01\xff", head) == []


def test_a_text_inside_is_read_as_a_text_dialects(tmp_path: Path) -> None:
    body = layout(frame="x3\nfind place!") + (
        "\n[pattern.place]\ncarries = 'position'\nregex = '{imei},(?P<lat_dm>[\\d.]+)(?P<ns>[NS]),"
        "(?P<lon_dm>[\\d.]+)(?P<ew>[EW])'\n"
    )
    (message,) = messages(tmp_path, body, frame(f"id {IMEI},5130.0S,00330.0E".encode()))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude) == (-51.5, 3.5)
    assert message.device_ids == (IMEI,)
    assert messages(tmp_path, body, frame(b"no place")) == []


def test_all_of_a_text_must_match_its_expression(tmp_path: Path) -> None:
    body = layout(frame="x3\nascii* path ~[a-z]+/[a-z]+\nset encrypted YES")
    (message,) = messages(tmp_path, body, frame(b"a/b"))
    assert message.fields == {"path": "a/b", "encrypted": True}
    assert messages(tmp_path, body, frame(b"a/b!")) == []


def test_a_layout_reads_ahead(tmp_path: Path) -> None:
    steps = layout(frame="x3\nahead state\ni8 lat\ni8 lon\nx1", state="x2\nu8 bits valid=1")
    (message,) = messages(tmp_path, steps, frame(b"\x05\x06\x00"))
    assert [(fix.latitude, fix.longitude, fix.valid) for fix in message.fixes] == [(5, 6, False)]


def test_lengths_and_all_bytes_in_digits(tmp_path: Path) -> None:
    head = HEAD + '[[size]]\nfield = "digits2@2"\nplus = 4\n[escape]\nhex = true\npairs = [["MD06", ""]]\n'
    steps = layout(frame="bytes3 id reversed hex")
    assert [one.device_ids for one in messages(tmp_path, steps, b"MD060A0b0C", head)] == [("0c0b0a",)]
    assert messages(tmp_path, steps, b"MD060A0b0x", head) == []


def test_parts_are_added_until_the_check_value_holds(tmp_path: Path) -> None:
    check = '[[check]]\nkind = "sum8"\ncovers = [0, -1]\nat = "u8@-1"\nwrong = "tell"\n'
    head = HEAD + 'tail = 1\nparts = "u8"\n' + '[[size]]\nfield = "u8@2"\nplus = 4\n' + check
    steps = layout(frame="x2\neach part", part="u8 _size\nwithin _size do place", place="i8 lat\ni8 lon")
    data = frame(b"\x05\x06") + b"\x02\x07\x08"
    (message,) = messages(tmp_path, steps, data + bytes([sum(data) & 0xFF]), head)
    assert [(fix.latitude, fix.longitude) for fix in message.fixes] == [(5, 6), (7, 8)]
    (broken,) = messages(tmp_path, steps, frame(b"\x05\x06") + b"\x01", head)
    assert (broken.checksum, len(broken.fixes)) == ("bad", 1)
