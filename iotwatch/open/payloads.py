"""Bytes that something carried: bodies of messages, whose carrier said what they are."""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.decode import decode
from iotwatch.decode.message import Message
from iotwatch.open.blob import FILE, Blob
from iotwatch.open.bodies import left_unread
from iotwatch.open.opened import Kit, Opened


class Payload:
    """An HTTP body, an MQTT payload, a run of hex digits, a text out of USB transfers: what a decoder reads in it."""

    name = "payload"
    kind = "capture"

    def claims(self, blob: Blob) -> bool:
        return blob.kind != FILE

    def open(self, blob: Blob, kit: Kit) -> Opened:
        spoken = explained = False
        if blob.stream.is_unwrapped:
            kit.look_at(blob.stream)  # all else was looked at in the flow

        def messages() -> Iterator[Message]:
            nonlocal spoken, explained
            for message in decode(blob.stream, kit.collector.refusals):
                spoken, explained = True, explained or message.explains
                yield message

        def rest() -> Opened:
            if not explained and kit.blind is not None:
                kit.blind.note_body(blob.stream)
            return Opened(coverage=() if spoken else left_unread(blob))

        return Opened(messages=messages(), rest=rest)
