"""What findings are called and say: their kinds, the reasons for them and the doubts about them."""

from __future__ import annotations

from enum import StrEnum

from iotwatch.words.said import Sentence, Word


class FindingKind(StrEnum):
    """What a finding is about, as the column ``findings.kind`` holds it."""

    LOCATION = "location"
    COMMAND = "command"
    BEACON = "beacon"
    MODULE = "module"
    IDENTITY = "identity"
    PROGRAM = "program"
    SECRET = "secret"  # noqa: S105  the kind of finding
    TIE = "tie"
    ENDPOINT = "endpoint"
    ASSISTANCE = "assistance"
    VENDOR = "vendor"
    ANALYSIS = "analysis"
    SIM_REPORT = "sim-report"
    SIM_PLACE = "sim-place"
    TAG = "tag"
    TRANSMITTER = "transmitter"
    FOLLOWS = "follows"


def keyed(*parts: str) -> str:
    """A finding's canonical key of its parts: what the fingerprint is made of, so it never changes its form."""
    return "|".join(parts)


class Reason(Word):
    """Why a finding was made."""

    # A trace that a signature knows, or a form that is known.
    TRACE = Sentence("{because}: {value!r}")
    SERVICE_KNOWN = Sentence("{name} is known for {purpose}: {value!r}")
    TAKES_POSITIONS = Sentence("the service exists to take positions or look-up lists; content was not seen")
    EXPECTED = Sentence("the far end {far_end} is expected: {because} ({file})")
    # Location.
    MESSAGES = Sentence("{n} position message(s) in the dialect {dialect}, {stated} of them with a place")
    KNOWN_PLACE = Sentence(
        "{n} place, written as {encoding}, lies within {radius} of where the car is known to have been; by chance: {odds}",
        "{n} places, written as {encoding}, lie within {radius} of where the car is known to have been; by chance: {odds}",
    )
    MOVING = Sentence("in {n} messages of one unknown form two numbers, written as {encoding}, move as a car does")
    CHECKSUM_RIGHT = Sentence("the checksum of the best message is right")
    CHECKSUM_WRONG = Sentence("the checksum of the best message is wrong")
    FAR_END = Sentence("far end: {far_end}{described}")
    SENDER = Sentence("who sent it: {how}")
    RATE = Sentence("over {duration}, about {per_hour:g} an hour")
    EXTENT = Sentence("the places lie within {distance}")
    OTHERS_PLACE_TOO = Sentence("the same sender told the place of {whose} too")
    OWN_SOCKET = Sentence(
        "the module sent it by its own socket ({transport}); how far it is known to have gone: {level}"
    )
    OWN_SOCKET_TRIED = Sentence(
        "the module was given it for its own socket ({transport}); no answer to that is in the log"
    )
    IN_CLEAR = Sentence("in clear: whoever is on the way can read it")
    SENT_FROM_SITE = Sentence("{n} position(s) sent from inside the named site {site}")
    RECEIVED_OF_SITE = Sentence("{n} position(s) received, naming a place inside the named site {site}")
    STATED_IN_SITE = Sentence("{n} position(s) stated on a local wire inside the named site {site}")
    STORED_OF_SITE = Sentence("{n} position(s) stored on the unit lie inside the named site {site}")
    KEPT_FOR = Sentence("by the unit's own record, {n} of these {kept} to {far_end}")
    KEPT_SENT_AT = Sentence("by the unit's own record, {n} of these were sent to {far_end}, from {first} to {last}")
    KEPT_UNTOLD = Sentence("by the unit's own record, {n} of these {kept}; to whom, it does not say")
    BROADCAST_FROM_SITE = Sentence("{n} position(s) broadcast from inside the named site {site}")
    COMMANDS_TOO = Sentence("the far end sent it commands: {commands}")
    COMMANDS = Sentence("commands in the dialect {dialects}: {commands}")
    # Identity.
    NUMBER_SEEN = Sentence("{number} in {protocols}")
    # Modules.
    MAKER_SAID = Sentence("the modem says that its maker is {maker}")
    CELLULAR_SIGN = Sentence("only a cellular modem shows this: {value}")
    SAME_NUMBER = Sentence("traces tied: the same {number}")
    SAME_PORT = Sentence("traces tied: the log ties {port} to the USB device")
    SAME_USB_ID = Sentence("traces tied: USB {usb_id} stands once in each listing")
    PORTS_OF_ONE_LOG = Sentence("traces tied: ports of one log, and nothing contradicts")
    ONLY_MODEM_IN_LOG = Sentence("traces tied: the only such modem in the log")
    SAME_MAKER = Sentence("traces tied: the same maker in another log, and nothing contradicts")
    # Programs.
    GRADE = Sentence("grade {grade}")
    PROJECT_CODE = Sentence("grade C: {n} file(s) of {project} with location code: {names}")
    PROJECT_KNOWN = Sentence(
        "lowered: {project} is a known open-source program; what starts and configures it decides where it sends"
    )
    BUILD_KNOWN = Sentence("its build id is that of {build}")
    PACKAGE_LISTED = Sentence("the image's list of packages has {package}")
    DOCUMENTS_ARE_READ = Sentence(
        "lowered: documents, examples and tests are there to be read; nothing is seen to start them"
    )
    FAR_END_NAMED = Sentence("far end: {value}")
    FAR_END_FOR = Sentence("far end: {value} ({purpose})")
    READS = Sentence("reads {what}: {text!r}")
    IN_ONE_FUNCTION = Sentence("the function at {address} uses strings of {what} and of {far_end}")
    CALLS_NETWORK = Sentence("network {what}: {text!r}")
    BUILDS_DIALECT = Sentence("builds messages of the tracker dialect {dialect}: {text!r}")
    NAMES_SETTINGS = Sentence("it names {file}")
    SETTINGS_BEAR_NAME = Sentence("{file} bears its name")
    SETTINGS_IN_FOLDER = Sentence("{file} stands in the same folder")
    # Secrets.
    KEY = Sentence("{form}")
    KEY_PARSED = Sentence("{form}, parsed: {shape}")
    KEY_OF_CERTIFICATE = Sentence("it is the key of the certificate {certificate}")
    KEY_ENCRYPTED = Sentence("it is encrypted: the password is needed as well")
    KEY_OF_PROJECT = Sentence("lowered: every file that holds it is one of {projects}, which everybody has")
    PASSWORD_OF_PROJECT = Sentence("lowered: the file is one of {project}, which everybody has")
    PASSWORD_LENGTH = Sentence("{name}: a value of {length} characters")
    PASSWORD_OF_USER = Sentence("{name}: a user's name and password")
    # Ties.
    IN_IMAGE = Sentence("in the image: {files}")
    ON_WIRE = Sentence("on the wire: {who}, {n} trace(s)")
    RAISED = Sentence("raised by one step: {title}")
    # Beacons.
    BEATS = Sentence("{n} contacts, every {interval} +- {spread}; by chance {odds}{among}")
    TWO_CLOCKS = Sentence(
        "{n} contacts by two clocks, one every {interval} and one every {second}; by chance {odds}{among}"
    )
    BEATS_MISSING = Sentence("{share:.0%} of the beats are missing")
    THROUGH = Sentence("the beats fill {share:.0%} of the {listened} in which they could be seen")
    SLEPT_ON_GRID = Sentence(
        "after a rest it went on where its clock would be: it slept, and its clock ran on",
        "after each of {n} rests it went on where its clock would be: it slept, and its clock ran on",
    )
    IN_SESSIONS = Sentence(
        "{n} contacts, every {interval} +- {spread} inside sessions that fill {share:.0%} of the {listened} in which they could be"
        " seen: streams and open apps do that"
    )
    SESSIONS_LEFT = Sentence(
        "{n} more far end is reached regularly inside sessions alone: those listed are the most regular ones",
        "{n:,} more far ends are reached regularly inside sessions alone: those listed are the most regular ones",
    )
    ONE_SIZE = Sentence("{share:.0%} of the requests are of one size, {size} bytes")
    WITHOUT_PAUSES = Sentence("{n} contacts a second or more apart, {interval} in the middle: it sent without pauses")
    DATA_IN_NAMES = Sentence(
        "{n} questions for {names} names under {far_end}, {length:.0f} characters long on average, {entropy:.1f} bits a"
        " character: the shape of data in DNS questions"
    )
    MQTT_PING = Sentence("MQTT PINGREQ, the keep-alive of a long connection")
    WEBSOCKET_PING = Sentence("WebSocket ping, the keep-alive of a long connection")
    TCP_KEEP_ALIVE = Sentence("TCP keep-alive probes of a long connection")
    SAME_SIZE = Sentence("the same {size} bytes each time inside a long connection, like a keep-alive")
    RESUMED = Sentence(
        "{n} of its {hellos} TLS connections offered to resume an earlier session there: one program that keeps its state"
    )
    ASKED_EACH_TIME = Sentence("the name {name} was asked for right before {share:.0%} of the contacts")
    SAME_CLOCK = Sentence(
        "another device of the same make ({make}) reaches it every {interval} too: one program, by the same clock",
        "{n} other devices of the same make ({make}) reach it every {interval} too: one program, by the same clock",
    )
    SEVERAL_ADDRESSES = Sentence("{n} addresses behind the name {name}")
    SEVERAL_SOURCES = Sentence("seen in {n} sources; the time between them is not counted")
    CARRIES = Sentence("the same contact carries {what}")
    FOLLOWS_MOVEMENT = Sentence("the same contact comes {times:.0f} times as often while driving as while parked")
    RARE = Sentence("rare in the fleet: almost no other car reaches this far end")
    QUOTED = Sentence("{program} said so once ({level})", "{program} said so {n} times ({level})")
    FOLLOWS_MOVES = Sentence(
        "{moving:,} of {n:,} times while the car moved ({share:.0%} of {known}): {often:.1f} an hour, {seldom:.1f} while it stood"
    )
    FOLLOWS_EDGES = Sentence("{near:,} of {n:,} times within a minute of when the car set off or stopped")
    FOLLOWS_SPEED = Sentence("the faster the car, the more often: about every {distance} of the way")
    FOLLOWS_TURNS = Sentence("when the car turned")
    FOLLOWS_SIZES = Sentence("{moving:,} bytes at a time while the car moved, {standing:,} while it stood")
    FOLLOWS_CHANCE = Sentence(
        "by chance {odds}, for all {among} and ways of following: as the car's stops and turns were put elsewhere {tried:,} times"
    )
    # The SIM card.
    CARD_ASKED = Sentence("the card asked the modem {what}: once", "the card asked the modem {what}: {n} times")
    CARD_TOLD = Sentence("the modem told it the cell {cells}", "the modem told it {n} cells: {cells}")
    CARD_SENT = Sentence(
        "it sent {bytes} bytes by {carrier} to {recipient}, once: the host takes no part in that",
        "it sent {n} times, {bytes} bytes in all, by {carrier} to {recipient}: the host takes no part in that",
    )
    CARD_HOLDS = Sentence("what it sent holds the very {what} that it was told")
    CARD_SENT_AFTER = Sentence("each time right after it was told where it is")
    CARD_NUMBER = Sentence("what it sent holds the number of the {what}")
    CARD_TRIED = Sentence("the modem says that sending failed")
    CARD_WOKEN = Sentence("what woke it: {trigger}")
    CARD_ORDERED = Sentence("it was woken by a message to the card{sender}{application}: somebody outside asked")
    CARD_RHYTHM = Sentence("about every {interval}")
    CARD_APPLET = Sentence("a Java Card package {package}; its applets: {applets}")
    CARD_TOOLKIT = Sentence("it uses the toolkit: it can give the modem commands")
    CARD_ABLE = Sentence("its code holds the commands that ask for {asks} and those that send by {sends}")
    CARD_FILE = Sentence("{file} on the card: {what}")
    CARD_FILE_WRITTEN = Sentence("the modem wrote it while it was recorded: {places}")
    CARD_REFUSED = Sentence("networks that refused the card, so that it met them: {networks}")
    CARD_MESSAGE = Sentence("a message on the card, {state}: {other}{time}{text}")
    # Item trackers by Bluetooth.
    TAG_HEARD = Sentence(
        "heard once", "heard {n} times within {heard}, of {listened} in which advertisements were listened to"
    )
    TAG_AWAY = Sentence("it says that its owner is away: {form}")
    TAG_NEAR = Sentence("it says that its owner is near, or was a short time ago")
    TAG_SILENT = Sentence("its network has no word for whether the owner is near")
    TAG_PHONE = Sentence("it says that it is a phone, tablet or computer without a network")
    TAG_ALONG_DRIVE = Sentence("it was heard through the drive")
    TAG_ALONG_PLACES = Sentence("it was heard at places {distance} apart")
    TAG_AT_SITES = Sentence("it was heard inside the named site(s) {sites}")
    TAG_STAYED = Sentence("it was heard from the beginning to the end of the listening")
    TAG_PARKED = Sentence("it was not heard along a drive: it was near for a part of the time")
    TAG_ADDRESSES = Sentence("{n} addresses are told as one tag: {how}")
    TAG_EVADES = Sentence(
        "it turns its address every {interval}, faster than any network does: made so as not to be found"
    )
    TAG_KEEPS = Sentence("it kept one address for {duration}, longer than phones do")
    TAG_LEVEL = Sentence("level {level} dBm, from {least} to {most}")
    TAG_REPORTED_BY = Sentence("it needs no SIM card: whichever phones of its network pass by report where it is")
    # Transmitters.
    RF_BEATS = Sentence(
        "{n} bursts of about {lasts} at {frequency} MHz, every {interval} +- {spread}: {heard} of {beats} beats were heard; by"
        " chance {odds}"
    )
    RF_BURSTS = Sentence(
        "1 burst of about {lasts} at {frequency} MHz",
        "{n} bursts of about {lasts} at {frequency} MHz, by no clock that shows",
    )
    RF_HOPS = Sentence("it hops among {n} frequencies from {low} to {high} MHz")
    RF_LEVEL = Sentence("{level:.0f} dB over what is heard there while nothing sends")
    INSIDE_TLS = Sentence("it was said inside TLS, decrypted with {whose}")
    RF_ALL_THE_TIME = Sentence(
        "it stands {level:.0f} dB over its neighbours nearly all of the time, at {frequency} MHz"
    )
    RF_DEVICES_SEND = Sentence("only devices send in this range ({bands})")
    RF_NOBODY_SENDS = Sentence("only satellites send in this range ({bands}), and they are below the noise of a sweep")
    RF_ABSENT = Sentence("nothing like it stands in {listened} of sweeping the same place with the car away")
    RF_PRESENT = Sentence(
        "lowered: the same stands in the sweep of {listened} with the car away, so it is the place's and not the car's"
    )
    RF_IN_STEP = Sentence(
        "{hits} of the {sent} times at which another tap saw a position sent fall on its bursts; by chance {odds}"
    )


class Doubt(Word):
    """What a finding may be instead, or what it does not show."""

    MISTAKEN_FOR = Sentence("{other}")
    SELF_DECLARED = Sentence("what a device says of itself can be forged")
    NO_POSITION_SENT = Sentence("no position is sent by this; it shows that a receiver is in use")
    DECISION_EXPIRED = Sentence("the decision of {day} ({word}) by {author} has expired")
    # Location.
    NO_FIX = Sentence("no valid fix: a place was not disclosed, the capability is shown")
    NOT_OWN = Sentence("what is stated is the place of {whose}, not of the device that sent it")
    AT_BOUND = Sentence("a coordinate stands at the very end of its scale")
    SCATTERED = Sentence("one message names places all over the globe")
    DATE_FAR_OFF = Sentence("its date is {years} years from the recording's")
    NOT_ONE_CAR = Sentence(
        "these places cannot all be this car: {distance} lie between two that were told within {duration}"
    )
    DATUM = Sentence("coordinates are in {datum}: up to some 700 m beside WGS-84")
    COMMANDS_ALONE = Sentence("no position of the same conversation was seen")
    # Modules and vendors.
    OTHER_MAKERS = Sentence("other traces name {makers}")
    COMMENT = Sentence("a person wrote the comment before the log")
    # Programs.
    NEED_NOT_RUN = Sentence("code that is there need not run")
    NO_PROGRAM_FILE = Sentence(
        "the bytes are no program file of a known format: the pieces may belong to several programs"
    )
    NOT_IN_ONE_FUNCTION = Sentence(
        "no function was seen that uses what it reads beside the far end: they may belong to different parts of the program"
    )
    BY_WORDS_ALONE = Sentence("what it reads or how it sends is told by words alone")
    SETTINGS_BY_NAME = Sentence("that the settings are this program's is told by names")
    BY_NAME_ALONE = Sentence("known by its name alone, and a name can be borrowed")
    BY_NAME_AND_LIST = Sentence(
        "known by its name and the image's list of packages, and both can be written by anybody"
    )
    BUILD_ID_COPIED = Sentence("a build id can be copied into another program")
    BY_FOLDER_ALONE = Sentence("known as such by its folder alone, and a program can be put there")
    # Secrets.
    TEST_KEY = Sentence("it may be a key for tests or an example")
    HASH = Sentence("a hash must be guessed first")
    PLACEHOLDER = Sentence("the value may be a placeholder or a setting about passwords")
    # Ties.
    SAME_DEVICE = Sentence("that image and capture are of one device is what the asset's name says")
    # Beacons.
    NEAR_LOCAL = Sentence("far end is on the local network")
    NEAR_GROUP = Sentence("sent to a group of the local network")
    NEAR_BROADCAST = Sentence("broadcast on the local network")
    NEAR_LOOPBACK = Sentence("stays inside the device")
    NO_ADDRESS = Sentence("far end is no network address")
    REGULAR_BY_NATURE = Sentence("{service} is regular by nature")
    SECURITY_PRODUCT = Sentence("some security products ask their look-ups as long names too")
    LOOK_UPS = Sentence("the look-ups before contacts that are told by themselves")
    NO_FLEET = Sentence("too few cars like this one are known here to tell whether this far end is rare")
    GAPS_OFF = Sentence("{share:.0%} of the gaps fit no beat")
    FEW_CONTACTS = Sentence("only {n} contacts were seen")
    SIZES_DIFFER = Sentence("the requests are of many sizes, and those of a device's own reports seldom are")
    ALL_DOWN = Sentence("{share:.0%} of the bytes came down, {each:,} a contact: streams and downloads do that")
    NAMES_BESIDE = Sentence(
        "with most contacts {n} or more other names were asked for: pages and open apps do that",
    )
    ONE_SESSION = Sentence("one session of somebody's app that filled the whole {listened} would look the same")
    LISTEN_LONGER = Sentence("{longer} more of listening would make it sure, if it goes on like that")
    NO_BEAT = Sentence("sending without pauses has no beat that could be told from chance")
    FOLLOWS_UNREAD = Sentence("what was sent was not read: that it holds the place is not seen")
    FOLLOWS_PEOPLE = Sentence("an app that somebody uses only while driving (radio, maps) is sent to at the same times")
    FOLLOWS_STREAM = Sentence("{share:.0%} of the bytes came down: a phone that streams only while driving does that")
    FOLLOWS_TOGETHER = Sentence(
        "other far ends of this device that follow too: {n}; what is used only while driving does that"
    )
    FOLLOWS_FEW = Sentence("the car set off or stopped only {n} time", "the car set off or stopped only {n} times")
    # Transmitters.
    RF_NO_CONTENT = Sentence("what it sent cannot be seen")
    RF_NO_BASELINE = Sentence(
        "phones near by, a neighbour's car, meters and repeaters send there too: a sweep with the car away would tell"
    )
    RF_SHORT_BASELINE = Sentence("the sweep with the car away listened for {listened} there, too little to tell")
    RF_OTHERS = Sentence("phones of passers-by and of the sweepers send there too")
    RF_SHARED = Sentence("both ways share this range ({bands}): it may be a base station")
    RF_NO_BAND = Sentence("no system that is known here has this frequency")
    RF_ELSEWHERE = Sentence("in other regions base stations send in this range ({bands})")
    RF_LISTENED_IN_PART = Sentence(
        "the receiver listened to each frequency for {share:.0%} of the time: other bursts may have been missed"
    )
    RF_ZONE = Sentence("the sweep's clock is taken to be {hours:+g} h from the other tap's: no zone is told")
    RF_NO_ZONE = Sentence("its times are of a zone that is not told")
    CLOCK_OFF = Sentence("one capture's clock is {seconds:+.2f} s off another's; corrected")
    QUOTED_ALONE = Sentence("the word of {program}, quoted and not judged here")
    # The SIM card.
    CARD_OPAQUE = Sentence(
        "what was sent does not say the place in a form that is known here: it may be coded, or hold something else"
    )
    CARD_NOT_HEARD = Sentence("whether the modem sent it is not in the recording")
    CARD_STEERING = Sentence(
        "operators' applets for roaming read the cell all day, and so do cards with several subscriptions"
    )
    CARD_NOTICE = Sentence("operators' cards tell their operator once which device holds them (IMEI notice)")
    CARD_ESIM = Sentence(
        "an eSIM asks its operator's server for orders in the same way, and what it says is enciphered"
    )
    CARD_TEST = Sentence("the card is one of a test network (MCC 001)")
    CARD_TIME = Sentence("the place of the last registration: when that was is not stored")
    CARD_READER = Sentence(
        "whoever reads a card sees what stands in it: that says where it was, and nothing of what it sends"
    )
    # Item trackers by Bluetooth.
    TAG_FORGED = Sentence("advertisements are not signed: anybody can send these bytes")
    TAG_SOMEBODYS = Sentence("it may be a passenger's, in luggage, on the keys of a hired car, or lost")
    TAG_NEIGHBOUR = Sentence("a tag in a car parked beside this one looks the same: listen at a second place too")
    TAG_NOT_NOTED = Sentence(
        "when the car was parked and when it drove was not noted: a tag that lies near looks the same"
    )
    TAG_LOOKS_ALIKE = Sentence("phones without a network and home-made beacons send the same bytes")
    TAG_DRIVERS = Sentence(
        "the driver's own tag looks the same, since this network does not tell whether the owner is near"
    )
    TAG_NORMAL_MODE = Sentence("it turns to the other form only when its owner has been away for some hours")
    TAG_LINK_GUESSED = Sentence("that these addresses are one tag is told by when they were heard, and how strong")
    TAG_FEW = Sentence("it was heard {n} time only", "it was heard {n} times only")
