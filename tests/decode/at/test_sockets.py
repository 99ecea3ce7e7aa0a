"""Scenes of modules that send a position by their own sockets, from the log to the finding: far end, level, and no claim without an
answer."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.batch.scan import Plan, scan
from iotwatch.decode import decode
from iotwatch.decode.at import AT
from iotwatch.decode.at.sockets.conversation import Conversation
from iotwatch.place.replay import Replay
from iotwatch.read.stream import from_bytes
from iotwatch.store import Store
from iotwatch.words.kinds import Kind
from tests.decode.at.scenes import LOGGERS, PLACE, scenes

SCENES = scenes()
_STYLES = list(LOGGERS)
# Each scene in three styles, so that every style meets many makers; and each scene without its answer.
CASES = [
    (name, _STYLES[(3 * index + turn * 4) % len(_STYLES)]) for index, name in enumerate(SCENES) for turn in range(3)
]


class Told(NamedTuple):
    positions: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    verdict: str


def _file(name: str, style: str, *, answered: bool) -> str:
    return f"{name} {style} {'answered' if answered else 'tried'}.log".replace(" ", "-")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scenes")
    head = [(">", b"AT+CSQ\r"), ("<", b"\r\n+CSQ: 21,99\r\n"), ("<", b"\r\nOK\r\n")]
    for name, style in CASES:
        scene = SCENES[name]
        (folder / _file(name, style, answered=True)).write_bytes(LOGGERS[style](head + scene.said + scene.answer))
    for name, scene in SCENES.items():
        (folder / _file(name, "echo", answered=False)).write_bytes(LOGGERS["echo"](head + scene.said))
    return folder


@pytest.fixture(scope="module")
def store(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    database = tmp_path_factory.mktemp("database") / "scenes.db"
    scan([folder], database, Plan(jobs=1))
    return Store(database)


def _told(store: Store, file: str) -> Told:
    (asset,) = store.query("SELECT * FROM assets WHERE name = ?", (file,))
    (source,) = store.query("SELECT * FROM sources WHERE asset = ?", (file,))
    positions = store.query("SELECT * FROM positions WHERE source_id = ? AND direction = 'up'", (source["id"],))
    findings = store.query("SELECT * FROM findings WHERE asset = ? AND kind = 'location'", (file,))
    return Told(list(positions), list(findings), str(asset["verdict"]))


@pytest.mark.parametrize(("name", "style"), CASES)
def test_a_position_that_was_sent_is_told_with_its_far_end_and_level(store: Store, name: str, style: str) -> None:
    told, scene = _told(store, _file(name, style, answered=True)), SCENES[name]
    assert [(round(row["latitude"], 5), round(row["longitude"], 5)) for row in told.positions] == [
        (round(PLACE[0], 5), round(PLACE[1], 5))
    ]
    assert {(row["server"], row["server_port"]) for row in told.positions} == {scene.far_end}
    assert any(
        f'"sent_level": "{scene.level}"' in row["facts"] or f'"sent_level":"{scene.level}"' in row["facts"]
        for row in told.findings
    )
    assert told.verdict == "reports-location"


@pytest.mark.parametrize("name", SCENES)
def test_without_an_answer_it_is_told_as_tried(store: Store, name: str) -> None:
    told = _told(store, _file(name, "echo", answered=False))
    assert told.verdict != "reports-location"
    sent = [row for row in told.findings if '"direction":"up"' in row["facts"].replace(" ", "")]
    assert all("given to the module to send" in row["title"] for row in sent)
    assert all(row["confidence"] == "possible" for row in told.positions)


@pytest.mark.parametrize("name", SCENES)
def test_the_hosts_side_alone_is_tried(name: str) -> None:
    log = b"".join(data for way, data in SCENES[name].said if way in ">=")
    if not any(way == "=" for way, _ in SCENES[name].said):
        log += b"AT+CSQ\r"
    assert AT.claims(log, None) is not None
    assert set(_levels(log)) <= {"prompted"}


@pytest.mark.parametrize("style", LOGGERS)
def test_every_part_is_replayed_from_the_log(style: str) -> None:
    for name, scene in SCENES.items():
        log = LOGGERS[style](scene.said + scene.answer)
        replay = Replay(io.BytesIO(log))
        queue = [from_bytes(log, kind="text")]
        parts = []
        while queue:
            for message in decode(queue.pop()):
                if isinstance(message.body, Conversation):
                    parts += message.body.parts
                elif message.protocol == "serial-dump":
                    queue.append(message.body)
        assert [part for part in parts if part.stream.up], name
        for part in parts:
            assert replay.result(part.stream.place(0, len(part.stream.data))) == part.stream.data


def _levels(log: bytes) -> list[str]:
    return [
        str(trait.facts["level"])
        for message in AT.messages(from_bytes(log, kind="text"))
        for trait in message.traits
        if trait.kind is Kind.AT_SEND
    ]


def _sent(log: bytes) -> list[bytes]:
    bodies = [message.body for message in AT.messages(from_bytes(log, kind="text"))]
    parts = [part for body in bodies if isinstance(body, Conversation) for part in body.parts]
    return [part.stream.data for part in parts if part.stream.up]


OPENED = b'AT+CIPSTART="TCP","203.0.113.61",7611\r\n\r\nOK\r\n\r\nCONNECT OK\r\n'


def test_what_is_typed_beyond_the_length_is_not_sent() -> None:
    assert _sent(OPENED + b"AT+CIPSEND=5\r\n> 12345 and more\r\n\r\nSEND OK\r\n") == [b"12345"]


@pytest.mark.parametrize(
    "log",
    [
        OPENED + b"AT+CIPSEND=5\r\n> 12345\r\n\r\nSEND FAIL\r\n",
        OPENED + b"AT+CIPSEND=5\r\n> 12345\r\n\r\nCLOSED\r\n",
        OPENED + b"AT+CIPSEND=5\r\n\r\nERROR\r\n12345\r\n",
        b'AT+CMGF=1\r\n\r\nOK\r\nAT+CMGS="+36301234567"\r\n> 12345\x1a\r\n\r\n+CMS ERROR: 500\r\n',
        b'AT+HTTPPARA="URL","http://203.0.113.61/p?a=12345"\r\n\r\nOK\r\nAT+HTTPACTION=0\r\n\r\nOK\r\n\r\n+HTTPACTION: 0,603,0\r\n',
    ],
)
def test_a_failed_send_is_not_sent(log: bytes) -> None:
    assert _sent(log) == []
    assert _levels(log)[-1] == "failed"


def test_escape_takes_back_what_was_typed() -> None:
    assert _sent(OPENED + b"AT+CIPSEND\r\n> 12345\x1b\r\n\r\nOK\r\n") == []


def test_a_result_without_a_command_proves_a_send() -> None:
    log = b"\r\nOK\r\n\r\nCONNECT OK\r\n\r\n> \r\nSEND OK\r\n"
    assert AT.claims(log, None)
    assert (_levels(log), _sent(log)) == (["accepted"], [])


def test_bytes_that_the_log_does_not_show_are_not_made_up() -> None:
    log = b'AT+HTTPPARA="URL","http://a.example/p"\r\nOK\r\n'
    log += b"AT+HTTPDATA=40,900\r\nDOWNLOAD\r\n\r\nOK\r\nAT+HTTPACTION=1\r\nOK\r\n+HTTPACTION: 1,200,0\r\n"
    assert _levels(log) == ["answered by the server"]
    assert _sent(log) == [b"http://a.example/p"]


@pytest.mark.parametrize(
    "text",
    [
        b'AT+CIPSEND=<n>,<length>\n0, SEND OK\nAT+CIPSTART=0,"TCP","203.0.113.61",7611\nAT+CIPSEND=0,5\n> hello\n0, SEND OK\n',
        b'snprintf(cmd, 40, "AT+CIPSEND=%d,%zu\\r\\n", n, len);\nexpect("SEND OK");\n',
        b'echo -e "AT+QIOPEN=1,0,\\"TCP\\",\\"203.0.113.61\\",80\\r" > /dev/ttyUSB2\necho -e "AT+QISEND=0,5\\r" > /dev/ttyUSB2\n',
        b'[{"command": "AT+QISEND=0,5", "response": "> 12345\\nSEND OK"},\n {"command": "AT+QICLOSE=0", "response": "OK"}]\n',
    ],
)
def test_what_is_written_about_dialogues_says_nothing(text: bytes) -> None:
    assert (_levels(text), _sent(text)) == ([], [])


def test_data_mode_ends_at_three_plus_signs() -> None:
    log = b'AT#XMQTTCON=1,"c","","","203.0.113.61",1883\r\n\r\nOK\r\n#XMQTTEVT: 0,0\r\n'
    log += b'AT#XMQTTPUB="t","",1,0\r\n\r\nOK\r\n{"a":1}\r\n+++\r\n#XDATAMODE: 0\r\n'
    assert _sent(log) == [b'{"a":1}']


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_behind_a_prompt_are_read_in_bounds(noise: bytes) -> None:
    for command in (
        b"AT+CIPSEND=40\r\n> ",
        b"AT+CIPSEND\r\n> ",
        b'AT+CMGS="+36301234567"\r\n> ',
        b"AT+CMGF=0\r\nOK\r\nAT+CMGS=30\r\n> ",
    ):
        _levels(OPENED + command + noise + b"\r\nSEND OK\r\n")


@pytest.mark.parametrize("length", [1, 2, 4, 5])
def test_a_line_end_that_does_not_fit_the_announced_length_ends_the_reading(length: int) -> None:
    """Where a logger dropped the CR, an LF counts as two bytes: with one byte left it fits no more, and nothing waits for it."""
    log = (
        b'AT+CIPSTART="TCP","198.51.100.7",5000\r\nCONNECT OK\r\nAT+CIPSEND=%d\r\n> \nabc\nxyz and more\nOK\n' % length
    )
    assert list(decode(from_bytes(log, kind="text"))) is not None
