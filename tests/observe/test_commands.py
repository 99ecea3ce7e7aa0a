from __future__ import annotations

import pytest
from msgspec.structs import replace

from iotwatch.decode import decode
from iotwatch.decode.message import Message
from iotwatch.observe import Collector, observe_message
from iotwatch.observe.commands import command_of
from iotwatch.read.stream import Flow, from_bytes

FLOW = Flow(0, "tcp", "10.0.0.7", 40000, "198.51.100.9", 5013)


@pytest.mark.parametrize(
    ("wire", "command"),
    [
        (b"**,imei:352481963572819,B;", "locate (B)"),
        (b"**,imei:352481963572819,J;", "cut engine (J)"),
        (b"*HQ,4108236591,S20,094126,1,1#", "cut or restore engine (S20)"),
        (b"AT+GTRTO=secret,1,,,,,,0F3A$", "real-time order (RTO)"),
        (b"@@Q25,352481963572819,A10*75\r\n", "locate (A10)"),
        (bytes.fromhex("7e8201000000123456789012340001") + b"\x00\x7e", ""),
    ],
)
def test_commands_are_told_in_words(wire: bytes, command: str) -> None:
    stream = replace(from_bytes(wire, kind="tcp"), flow=FLOW, up=False)
    found = [command_of(message) for message in decode(stream)]
    assert "".join(found) == command
    assert not any("secret" in one for one in found)


def test_a_framed_command_is_its_first_word() -> None:
    message = Message("teltonika", from_bytes(b"x"), (0, 1), fields={"kind": "command", "text": "setdigout 1 secret"})
    assert command_of(message) == "setdigout"


def test_a_command_is_an_observation_about_the_device() -> None:
    collector = Collector()
    stream = replace(from_bytes(b"**,imei:352481963572819,J;", kind="tcp"), flow=FLOW, up=False)
    for message in decode(stream):
        observe_message(message, collector)
    (seen,) = [one for one in collector.observations() if one.kind == "tracker.command"]
    assert (seen.subject, seen.value, seen.facts["server"]) == ("ip:10.0.0.7", "cut engine (J)", "198.51.100.9")
    assert seen.facts["direction"] == "down"


@pytest.mark.parametrize(
    "message",
    [
        Message("json", from_bytes(b"x"), (0, 1), fields={"command": "reboot"}, generic=True),
        Message("gb32960", from_bytes(b"x"), (0, 1), fields={"command": "realtime"}),
        Message("gt06", from_bytes(b"x"), (0, 1), fields={"text": "answer"}),
        Message("teltonika", from_bytes(b"x"), (0, 1), fields={"kind": "answer", "text": "Relay set"}),
        # A host that tells its modem what to do, on a wire.
        Message("at", from_bytes(b"x"), (0, 1), fields={"command": "+QGPS"}),
    ],
)
def test_other_messages_are_none(message: Message) -> None:
    assert command_of(message) == ""
