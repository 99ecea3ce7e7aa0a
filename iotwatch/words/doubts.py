"""What speaks against the reading of a message, and so against every position that it states."""

from __future__ import annotations

from collections.abc import Sequence

from iotwatch.words.said import Said, Sentence, Word, unpacked


class ReadingDoubt(Word):
    """Why what a message says may be read wrong, or is not all that it says."""

    TOLD = Sentence("{text}")
    """As an older database tells it: text alone."""
    OWN_DIALECT = Sentence("read by a dialect of the user's own, {file}")
    # The form of the message.
    CHECKSUM_WRONG = Sentence("the checksum is wrong")
    LENGTH_WRONG = Sentence("the length field is wrong")
    STRUCTURE_ALONE = Sentence("nothing but its structure proves the frame")
    LAYOUT_ALONE = Sentence("known by its layout alone: no check value")
    BUS_NUMBER_ALONE = Sentence("known by its number on the bus alone: no check value")
    VENDOR_CODE_ALONE = Sentence("known by its layout and vendor code: no check value, and anybody can send it")
    EARLY_VENDOR_CODE = Sentence("the vendor code is 26:32:12, as early decoders printed it")
    DAMAGED_ON_AIR = Sentence("the frame was damaged on the air")
    NOT_VERIFIED = Sentence("the signature around it was not verified")
    FORM_UNKNOWN = Sentence("the message's form is not the one that its dialect's description knows")
    NO_SAMPLE = Sentence("layout not checked against a live sample")
    NO_TAXI_SAMPLE = Sentence("the layout of JT/T 905 was not checked on a sample")
    OTHER_LAYOUT = Sentence("the layout of {other} fits the frame as well")
    PACKING_GUESSED = Sentence("how the payload is packed is guessed from its first bytes")
    EARLY_VERSION = Sentence("version 0 of the protocol: only the sender's place was read")
    BY_DESCRIPTION = Sentence("the compressed form was read by its description alone; it does not tell the year")
    BY_TSHARK = Sentence("read by tshark")
    # What was not read.
    NOT_TO_THE_END = Sentence("not read to the end: {error}")
    TAGS_LEFT = Sentence("the tags could not be read to the end: {error}")
    BLOCKS_LEFT = Sentence("the blocks could not be read to the end: {error}")
    BLOCK_UNKNOWN = Sentence("the block {block:#04x} is unknown, what follows it was not read")
    RECORDS_LEFT = Sentence("records not read")
    PART_LEFT = Sentence("a later part of a long message was not read")
    HEAD_ALONE = Sentence("only the head was read; the layout was not checked against a live sample")
    HEAD_OF_2025 = Sentence("edition of 2025: only the head was read")
    BODY_ENCRYPTED = Sentence("the body is encrypted and was not read")
    PACKET_ENCRYPTED = Sentence("the packet is encrypted and was not read")
    DATA_UNIT_ENCRYPTED = Sentence("the data unit is encrypted and was not read")
    SERVER_NAME_ENCRYPTED = Sentence("the server name is encrypted; the outer one is shown")
    NO_HANDSHAKE = Sentence("the handshake is not in the capture")
    HEAD_CUT = Sentence("the head is cut short")
    BODY_CUT = Sentence("the body is cut short")
    FRAME_CUT = Sentence("the frame is cut short")
    PACKET_CUT = Sentence("the packet is cut short")
    BROKEN = Sentence("the message is cut short or broken")
    BODY_OVER = Sentence(
        "only the first {n} byte of the body was read", "only the first {n} bytes of the body were read"
    )
    CHUNKS_LEFT = Sentence("only {n} chunk was read", "only {n} chunks were read")
    CODING_LEFT = Sentence("the content coding {coding!r} was not undone")
    CODING_BROKEN = Sentence("{error}")
    COMPRESSED_LEFT = Sentence("the compressed message was not read: {error}")
    # Who sent it, and when.
    TRIED = Sentence("it was given to the module to send; that it left is not in the log")
    BY_WIFI = Sentence("the module is one of Wi-Fi, not of a cellular network")
    SENDER_BEFORE_GAP = Sentence("the sender's id was said before bytes that are missing")
    NAMED_BY = Sentence("the sender's id is not in the message: it is in {how}")
    SENDER_GUESSED = Sentence("which end sent it is a guess, told by {how}")
    PUT_TOGETHER = Sentence("put together from {n} messages, each of which states a part")
    NO_ZONE = Sentence("the time zone is not said")
    DATE_ORDER = Sentence("the order of day, month and year is not known")
    DATE_OF_CAPTURE = Sentence("the date is that of the capture")
    LOCAL_FAR_END = Sentence("far end is on the local network")
    # The place.
    ZERO = Sentence("latitude and longitude are both zero")
    OFF_GLOBE = Sentence("the coordinates are off the globe")
    NO_PLACE = Sentence("the station says that its place is not available")
    OF_OBJECT = Sentence("a place of an object, not of the station")
    HEMISPHERE = Sentence("the hemisphere is not proven")
    HEMISPHERE_FLAGS = Sentence("which bit of the flags is which hemisphere was not checked")
    NO_HEMISPHERE = Sentence("no hemisphere is given")
    SIMULATED = Sentence("the receiver says that the fix is simulated")
    ENTERED_BY_HAND = Sentence("the receiver says that the fix is entered by hand")
    DEAD_RECKONING = Sentence("the receiver says that the fix is dead reckoning")
    GIVEN_TO_RECEIVER = Sentence("a place given to the receiver, not measured by it")
    LOOKED_UP = Sentence("a place looked up from radio cells, not a satellite fix")
    RECKONED_BY_SATELLITES = Sentence("the satellites' own reckoning, within {radius_km} km")
    CELL_OF_CODE = Sentence("{code}: the middle of the code's cell")
    COARSE = Sentence("coarse: few digits after the point")
    SWAPPED = Sentence("latitude and longitude look swapped")
    ORDER_GUESSED = Sentence("which of the two numbers is the latitude is guessed")
    SCALE_GUESSED = Sentence("the scale of the integers is guessed from their range")
    AS_MINUTES = Sentence("read as degrees and minutes (ddmm.mmmm)")
    MINUTES_GUESSED = Sentence("whether the digits are minutes is guessed")
    BY_SHAPE = Sentence("found by its shape, without a name")
    LIKE_TAIP = Sentence("signs and digits run together as in TAIP")
    MAP_LINK = Sentence("a link to a map")
    BY_KNOWN_PLACE = Sentence("nothing but the known place says what these bytes are: the message's form is not known")
    BY_MOVEMENT = Sentence(
        "nothing but that they move as a car does says that these two numbers are a place: some sensors and counters move so too"
    )
    READS_OTHERWISE = Sentence(
        "{n} other way to read them fits as well ({listed}): where the path lies is not proven",
        "{n} other ways to read them fit as well ({listed}): where the path lies is not proven",
    )
    ONE_PLACE = Sentence("the place was written one single way: no second message confirms it")
    CLOCKS_APART = Sentence("the recording's clock is about {hours:+g} h beside the track's")
    NEIGHBOURS = Sentence("two neighbouring numbers of a message without names")
    LIKE_LOCATION_OBJECT = Sentence("the path is not in this message: resources 0 and 1 look like object 6")
    WEAK_NAME = Sentence("the names say little")


def doubts_stored(values: Sequence[object]) -> tuple[Said, ...]:
    """The doubts that a database holds: ``packed`` ones, plain texts of older versions; ``ValueError`` for anything else."""
    return tuple(
        ReadingDoubt.TOLD(text=value) if isinstance(value, str) else unpacked(ReadingDoubt, value) for value in values
    )
