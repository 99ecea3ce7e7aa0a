"""What coverage counts: how much was, and was not, looked at. A measure of several things names each in its subject."""

from __future__ import annotations

from enum import StrEnum


class Measure(StrEnum):
    """Measures, as the column ``coverage.measure`` holds them."""

    PACKETS_CUT = "packets.cut"
    PACKETS_UNREAD = "packets.unread"
    PACKETS_DEEP = "packets.deep"
    PACKETS_DROPPED = "packets.dropped"
    STAMPS_LEFT = "stamps.left"  # subject: why their clock is not believed
    STAMPS_UNSET = "stamps.unset"
    STAMPS_MENDED = "stamps.mended"
    SPAN_ALONE = "listened from first to last"
    FRAMES = "frames"  # subject: the kind of frame
    FRAMES_LEFT = "frames.left"
    FRAGMENTS_INCOMPLETE = "fragments.incomplete"
    PAYLOAD_SEEN = "payload.seen"
    PAYLOAD_ENCRYPTED = "payload.encrypted"
    TLS_DECRYPTED = "tls decrypted"  # bytes of the connections as they were sent
    TLS_LEFT = "tls not decrypted"  # subject: why
    PAYLOAD_LEFT = "payload.left"
    CONTACTS_LEFT = "contacts.left"
    FLOWS_OUT_OF_SCOPE = "flows out of scope"
    SIGNALLING_DISSECTED = "signalling dissected"
    SIGNALLING_LEFT = "signalling not dissected"
    CARD_EXCHANGES = "sim.exchanges"
    DIAG_READ = "diag.read"
    DIAG_LEFT = "diag.left"
    DIAG_BROKEN = "diag.broken"
    ADVERTISEMENTS = "advertisements"
    ADVERTISEMENTS_DAMAGED = "advertisements damaged"
    TAGS = "tags heard"
    TAG_FLOOD = "tags of a flood"
    TAGS_OUT_OF_SCOPE = "tags out of scope"
    USB_NETWORK = "usb.network"
    USB_NETWORK_CUT = "usb.network.cut"
    USB_NETWORK_UNREAD = "usb.network.unread"
    LINES_CLAIMED = "log lines claimed"
    LINES_READ = "log lines read"
    LINES_BROKEN = "log lines broken"
    BROKEN = "broken"  # subject: the decoder that claimed it
    OVER_LIMIT = "over the limit"  # subject: observations, positions, bodies, the decoder that left some
    BLIND_LEFT = "not searched for moving places"  # subject: flows, messages
    BODIES_LEFT = "bodies not opened"  # subject: the coding, or what they look like
    HOPS_READ = "radio hops read"
    HOPS_UNTIMED = "radio hops without a time"
    ROWS_OVERLOADED = "receiver overloaded"
    CLOCK_STEPS = "clock steps"
    NO_ZONE = "time zone not told"
    PHONE_BANDS = "where phones send"  # subject: the range; seconds that each frequency in it was listened to
    CAR_AWAY = "taken with the car away"
    PEOPLE = "entries about people"
    UNPACK_OPENED = "unpack.opened"
    UNPACK_ENGINE = "unpack.engine"
    UNPACK_SANDBOX = "unpack.sandbox"
    UNPACK_LIMIT = "unpack.limit"
    UNPACK_DAMAGED = "unpack.damaged"
    UNPACK_ENCRYPTED = "unpack.encrypted"
    UNPACK_NO_READER = "unpack.no-reader"
    UNPACK_UNKNOWN = "unpack.unknown"
    BYTES_OPENED = "bytes opened"
    SOURCE_CUT = "source cut"
    NOT_READ = "not read"  # subject: what a person calls such a file
    PARTS_LEFT = "inner parts not opened"
    PARTS_BROKEN = "inner parts broken"
    INTERNAL = "internal errors"


UNOPENED = frozenset({
    Measure.UNPACK_ENCRYPTED, Measure.UNPACK_NO_READER, Measure.UNPACK_UNKNOWN, Measure.UNPACK_DAMAGED, Measure.UNPACK_LIMIT,
})  # fmt: skip
"""What of an image stays unopened, each by its status; subject: what a person calls it."""
LIMITS = frozenset({
    Measure.PARTS_LEFT, Measure.UNPACK_LIMIT, Measure.OVER_LIMIT, Measure.FRAMES_LEFT, Measure.CONTACTS_LEFT, Measure.PACKETS_DEEP,
})  # fmt: skip
"""What a limit left, which makes a source partial. ``PAYLOAD_LEFT`` does not: of long transfers the beginning is what is
read. Nor does ``BLIND_LEFT``: what decoders read was read."""
CUTS = UNOPENED | LIMITS | {
    Measure.PACKETS_CUT, Measure.USB_NETWORK_CUT, Measure.SOURCE_CUT, Measure.NOT_READ,
}  # fmt: skip
"""What makes a source incomplete."""
LOST = frozenset({
    Measure.PACKETS_CUT, Measure.PACKETS_DROPPED, Measure.PACKETS_UNREAD, Measure.FRAGMENTS_INCOMPLETE,
})  # fmt: skip
"""What was lost while it was recorded."""
OVER = frozenset({
    Measure.FRAMES_LEFT, Measure.PAYLOAD_LEFT, Measure.CONTACTS_LEFT, Measure.OVER_LIMIT, Measure.PARTS_LEFT,
    Measure.BLIND_LEFT,
})  # fmt: skip
"""What was more than the limits allow: counted, not read."""
QUOTING = frozenset({Measure.BROKEN, Measure.INTERNAL})
"""Measures whose note may quote what was read."""
