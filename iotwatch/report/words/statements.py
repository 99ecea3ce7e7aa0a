"""Every sentence of page one, with what it asserts of the rows behind it.

A statement is chosen by the verdict's ground and by counted rows, never by another sentence. What it asserts is a word too:
the tests derive from the database alone whether it holds, and ``docs/verdicts.md`` lists both. Advice asserts nothing.
"""

from __future__ import annotations

from iotwatch.report.words.claims import Asserts, Claim, Statement


class Headline(Statement):
    """The verdict in a line."""

    REPORTS = Claim("This car reports where it is", (Asserts.SENT, Asserts.OWN))
    LOOK_CLOSER = Claim("Something here needs a closer look", (Asserts.UNDECIDED,))
    CAPABLE = Claim("This car could report where it is; it was not seen doing so", (Asserts.NONE_SENT,))
    PERHAPS = Claim("This car could report where it is; whether it did is not sure", (Asserts.PERHAPS_SENT,))
    EXPLAINED = Claim("What was found has been explained", (Asserts.DECIDED,))
    SENT_EXPLAINED = Claim("This car reported where it is; that has been explained", (Asserts.SENT, Asserts.DECIDED))
    NOTHING = Claim(
        "Nothing was seen, as far as we could look", (Asserts.NONE_SENT, Asserts.OPENED_ALL, Asserts.LISTENED)
    )
    TOO_LITTLE = Claim("Too little was recorded to say", (Asserts.NOT_LISTENED,))
    NOT_WHOLE = Claim("It was not opened whole, so nothing can be said", (Asserts.NOT_OPENED,))
    NOT_JUDGED = Claim("This was not looked at yet", (Asserts.NOT_JUDGED,))


class Lead(Statement):
    """The first sentence: what, whose, to whom."""

    REPORTS = Claim("{asset} reports where it is: {sending}.", (Asserts.SENT, Asserts.OWN))
    MAY_REPORT = Claim(
        "{asset} may report where it is: {sending}; whether the sender belongs to this car is not known.",
        (Asserts.SENT, Asserts.NOT_KNOWN_OWN),
    )
    PERHAPS_SENT = Claim("{asset} may report where it is: {sending}.", (Asserts.PERHAPS_SENT, Asserts.UNDECIDED))
    MODULE = Claim(
        "{asset} holds a mobile modem ({modems}); nobody saw it send a position. What a modem says of itself can be faked.",
        (Asserts.MODULE, Asserts.NONE_SENT),
    )
    MODEM_SOFTWARE = Claim(
        "{asset} holds software or parts for a mobile modem; nobody saw it send a position.",
        (Asserts.NO_MODULE, Asserts.NONE_SENT),
    )
    KNOWS_PLACE = Claim(
        "{asset} holds equipment that knows where it is; nobody saw it send a position.",
        (Asserts.KNOWS_PLACE, Asserts.NONE_SENT),
    )
    IDENTITY = Claim(
        "In {asset}, a number was seen that only devices with a SIM card have; nobody saw it send a position.",
        (Asserts.IDENTITY, Asserts.NONE_SENT),
    )
    CARD = Claim(
        "{asset} holds a SIM card, or a program for one; nobody saw it send a position.",
        (Asserts.CARD, Asserts.NONE_SENT),
    )
    SENT_EXPLAINED = Claim("{asset}: {sending}; explained by {who}: {why}.", (Asserts.SENT, Asserts.DECIDED))
    PERHAPS_EXPLAINED = Claim(
        "{asset}: {sending}, perhaps; explained by {who}: {why}.", (Asserts.PERHAPS_SENT, Asserts.DECIDED)
    )
    ALL_EXPLAINED = Claim("{asset}: all that was found has been looked at and accepted by {who}.", (Asserts.DECIDED,))
    NOTHING = Claim(
        "Nothing was seen in {asset} that reports where it is. That is not proof: see what was not checked.",
        (Asserts.NONE_SENT, Asserts.OPENED_ALL, Asserts.LISTENED),
    )
    TOO_LITTLE = Claim(
        "Too little of {asset} was recorded to say anything about what it does not do.", (Asserts.NOT_LISTENED,)
    )
    NOT_WHOLE = Claim("{asset} was not read whole, and what was read says nothing of the rest.", (Asserts.NOT_OPENED,))
    NOT_OPENED = Claim(
        "{asset} was not read whole, and what was read says nothing of the rest. Not opened: {names}.",
        (Asserts.NOT_OPENED, Asserts.COVERAGE),
    )
    NOT_JUDGED = Claim("{asset} was not judged yet by this version.", (Asserts.NOT_JUDGED,))


class Behind(Statement):
    """What stands behind the first sentence: how sure it is, and what else was decided."""

    CERTAIN = Claim("We are certain of what was recorded.", (Asserts.SURENESS,))
    CERTAIN_OF_SOME = Claim(
        "We are certain of one of these; the others are likely, not certain.",
        (Asserts.SURE_OF_SOME,),
        "We are certain of {n:,} of these; the others are likely, not certain.",
    )
    LIKELY = Claim("This is likely, not certain.", (Asserts.SURENESS,))
    POSSIBLE = Claim("This is possible, not more.", (Asserts.SURENESS,))
    NOT_ONE_CAR = Claim(
        "These places cannot all be this car's: they are further apart than it could drive in the time.",
        (Asserts.APART,),
    )
    DECIDED_TOO = Claim(
        "One point beside it was looked at and accepted by {who}.",
        (Asserts.DECIDED,),
        "{n} points beside it were looked at and accepted by {who}.",
    )
    LEFT_OPEN = Claim(
        "One point is explained by nobody yet.", (Asserts.UNDECIDED,), "{n} points are explained by nobody yet."
    )


class Next(Statement):
    """The next step, in a line."""

    ASK_MAKER = Claim(
        "Next: ask the maker or leasing company whether this is the car's own equipment; remove nothing before."
    )
    FIND_OWNER = Claim("Next: find out whose device this is, and record again.")
    FIND_PURPOSE = Claim("Next: find out what the unit is for, and listen to what it sends.")
    RECORD_LONGER = Claim("Next: record longer, parked and driving.")
    KEEP = Claim("Next: nothing, until the explanation runs out or the equipment changes.")
    AGAIN = Claim("Next: record again after a while, and from other places.")
    RECORD_PHASES = Claim("Next: record at least 15 minutes parked and 15 minutes driving, and note the times.")
    ASK_FOR_KEYS = Claim(
        "Next: ask the maker or supplier for the keys or for a plain copy, or have the memory read out again."
    )
    SAVE_AGAIN = Claim("Next: have the recording saved again in a form that is read.")
    JUDGE = Claim("Next: have it judged again (iotwatch rejudge).")


class Step(Statement):
    """What to do, step by step."""

    TOUCH_NOTHING = Claim(
        "Do not remove or switch off anything yet: it may belong to the car, its insurance or its leasing contract."
    )
    PLACES_KNOWN = Claim("Until this is cleared up, treat the places this car goes to as known to somebody else.")
    ASK_IN_WRITING = Claim(
        "Ask the maker, the dealer or the leasing company in writing: is this equipment yours, and who receives the data?"
    )
    HAND_ON = Claim("Hand this report to the fleet's security team. The pages behind this one are for them.")
    REMOVE_NOTHING = Claim("Do not remove anything yet.")
    LIST_DEVICES = Claim("List the devices that belong to this car, and have the recording repeated with that list.")
    ASK_WHAT_FOR = Claim("Ask the maker or the leasing company what this equipment is for.")
    REPEAT_ALL = Claim(
        "Have the recording repeated: at least 15 minutes parked and 15 minutes driving, and the mobile network too."
    )
    LISTEN_TO_UNIT = Claim("Have somebody listen to what this unit sends while it runs.")
    KEEP_PAPERS = Claim("Keep the explanation with the car's papers, and have it looked at again when it runs out.")
    NO_PROOF = Claim("Do not take this as proof. Repeat the recording now and then, and listen in other places too.")
    NO_PROOF_OF_UNIT = Claim("Do not take this as proof: what a unit holds is not all that it can do.")
    REPEAT_PHASES = Claim(
        "Have the recording repeated: at least 15 minutes parked and 15 minutes driving, with the times noted."
    )
    PROVES_NOTHING = Claim("Do not take this as proof of anything: what was not opened may hold whatever it likes.")
    ASK_FOR_KEYS = Claim("Ask the maker or supplier for the keys, or for a copy that is not encrypted.")
    READ_OUT_AGAIN = Claim(
        "Have the memory read out again, from the chip itself where that can be done, and compare the two."
    )
    SAVE_AGAIN = Claim("Have the recording saved again in a form that is read, with the program that made it.")
    JUDGE = Claim("Have it judged again by this version: nothing needs to be recorded for that.")


class Where(Statement):
    """Where in the car it showed itself."""

    START = Claim("It showed itself {where}: start there.", (Asserts.VANTAGE,))
    ALSO = Claim("It also showed itself {where}.", (Asserts.VANTAGE,))
    MODEM = Claim("A mobile modem is in it: {modem}. Look for its aerial and its SIM card.", (Asserts.MODULE,))
    RADIO = Claim(
        "Something near sends by radio at {frequencies} MHz: a receiver with an aerial that points one way leads to it.",
        (Asserts.TRANSMITTER,),
    )
    FROM_SITE = Claim(
        "A position was sent from inside {site}: 1 time.",
        (Asserts.SITE,),
        "A position was sent from inside {site}: {n:,} times.",
    )
    ADDRESS = Claim("The sender's address in the car's network: {addresses}.", (Asserts.SENT,))
    NOWHERE = Claim("Nothing points to a place in the car.")


class Uncovered(Statement):
    """What the verdict does not cover."""

    FACTORY_FIT = Claim(
        "Whether the car's maker fitted this equipment was not checked (factory-fit not checked).",
        (Asserts.NO_BASELINE,),
    )
    BASELINE = Claim(
        "Of what was found, 1 point stands in a list of what the maker fits ({lists}); the others do not.",
        (Asserts.BASELINE,),
        "Of what was found, {n} points stand in a list of what the maker fits ({lists}); the others do not.",
    )
    NO_DEVICES_NAMED = Claim(
        "Nobody said which devices belong to this car, so a passer-by's phone cannot be told from the car's own equipment.",
        (Asserts.NO_SCOPE,),
    )
    NOBODY_LISTENED = Claim(
        "Nobody listened to what the car sends: only memory images and records of units were read.",
        (Asserts.NO_CAPTURE,),
    )
    LISTENED_UNNOTED = Claim(
        "We listened for {heard} in all. When the car was parked and when it was driving was not noted; a hidden device may"
        " sleep for days.",
        (Asserts.MINUTES, Asserts.NO_PHASES),
    )
    LISTENED = Claim(
        "We listened for {heard} in all, with the car noted as {phases}. A hidden device may sleep for days.",
        (Asserts.MINUTES, Asserts.PHASES),
    )
    LISTENED_IN_PART = Claim(
        "We listened for {heard} in all, with the car noted as {phases}. Listening did not cover {n} of the {times} that were"
        " noted ({silent}). A hidden device may sleep for days.",
        (Asserts.MINUTES, Asserts.PHASES),
    )
    LISTENED_OUTSIDE = Claim(
        "We listened for {heard} in all. Listening did not cover {n} of the {times} that were noted ({silent}). A hidden device"
        " may sleep for days.",
        (Asserts.MINUTES, Asserts.PHASES),
    )
    BLIND = Claim("{blind}", (Asserts.VANTAGE,))
    NO_RADIO = Claim(
        "A hidden device with a SIM card of its own talks straight to the mobile network. Nobody listened there this time,"
        " so such a device would not have been noticed.",
        (Asserts.NO_CELLULAR,),
    )
    PHONE_BANDS = Claim(
        "A radio receiver listened where mobile phones send ({ranges}), to each frequency for about {heard}. A device that sent"
        " elsewhere or in between would not have been noticed, and what was sent cannot be read that way.",
        (Asserts.COVERAGE,),
    )
    SCRAMBLED = Claim(
        "About {share} % of what was recorded was scrambled (encrypted) and could not be read.", (Asserts.COVERAGE,)
    )
    NOT_WHOLE = Claim(
        "Of {sources}, 1 could not be read, or only in part.",
        (Asserts.UNREAD,),
        "Of {sources}, {n} could not be read, or only in part.",
    )
    UNOPENED = Claim(
        "Not opened, because encrypted or of an unknown kind: {parts} of memory images.", (Asserts.NOT_OPENED,)
    )
    FOREIGN = Claim("Of kinds that are not understood here, and so not read: {pieces} ({kinds}).", (Asserts.COVERAGE,))
    NOT_READ = Claim("Known by its form and not read here: {forms}.", (Asserts.COVERAGE,))
    SIGNALS = Claim("Not taken apart: {messages} between the car and its mobile network ({why}).", (Asserts.COVERAGE,))
    WRONG_CLOCK = Claim(
        "Recorded by a clock that was wrong, and so not told to be of any time: {pieces}.", (Asserts.COVERAGE,)
    )
    PAUSES_UNKNOWN = Claim(
        "Read by an earlier version of this program, which did not look for pauses: {sources}.", (Asserts.COVERAGE,)
    )
    LOST = Claim("Lost or cut short while it was recorded: {pieces}.", (Asserts.COVERAGE,))
    TAG_FLOOD = Claim(
        "Tags for keys that came and went within two minutes, more at once than any car park has: {tags}. A program may have made"
        " them up, and one that is real may hide among them.",
        (Asserts.COVERAGE,),
    )
    TAGS_PASSED = Claim(
        "Tags for keys that only passed by or had their owner with them, and of which nothing is kept: {tags}.",
        (Asserts.COVERAGE,),
    )
    DAMAGED_ON_AIR = Claim("Damaged on their way through the air, and left out: {pieces}.", (Asserts.COVERAGE,))
    NO_ENGINE = Claim(
        "Memory images were opened without the program that knows most kinds of them (binwalk): parts may be missing.",
        (Asserts.COVERAGE,),
    )
    OVER_LIMIT = Claim(
        "There was more than this program keeps at once; what went over its limits was counted and not read.",
        (Asserts.COVERAGE,),
    )


class Suspicion(Statement):
    """The first sentence where the verdict rests on a finding that says no place."""

    BY_A_CLOCK = Claim(
        "In {asset}, a device gets in touch with the same place again and again, as by a clock.",
        (Asserts.KIND, Asserts.CLOCK, Asserts.UNDECIDED),
    )
    AGAIN_AND_AGAIN = Claim(
        "In {asset}, a device gets in touch with the same place again and again.", (Asserts.KIND, Asserts.UNDECIDED)
    )
    FOLLOWS = Claim(
        "In {asset}, what a device sends to one far end follows the car's movement; what it says was not read.",
        (Asserts.KIND, Asserts.UNDECIDED),
    )
    WHILE_DRIVING = Claim(
        "In {asset}, a device gets in touch with the same place again and again, and far more often while the car drives.",
        (Asserts.KIND, Asserts.UNDECIDED),
    )
    WITHOUT_A_PAUSE = Claim(
        "In {asset}, a device sends to the same place without a pause.", (Asserts.KIND, Asserts.UNDECIDED)
    )
    HIDDEN_DATA = Claim(
        "In {asset}, a device asks for names that look like hidden data.", (Asserts.KIND, Asserts.UNDECIDED)
    )
    NUMBER_SENT = Claim(
        "In {asset}, a device sent out a number that tells it apart from all others.",
        (Asserts.KIND, Asserts.UNDECIDED),
    )
    NUMBER_HELD = Claim(
        "In {asset}, a device holds a number that tells it apart from all others.", (Asserts.KIND, Asserts.UNDECIDED)
    )
    READS_POSITION = Claim(
        "In {asset}, a unit holds software with code that reads its position and could send it.",
        (Asserts.KIND, Asserts.UNDECIDED),
    )
    READS_NUMBER = Claim(
        "In {asset}, a unit holds software with code that reads a number that tells it apart from all others and could send"
        " it.",
        (Asserts.KIND, Asserts.UNDECIDED),
    )
    SECRET = Claim(
        "In {asset}, a unit holds a password or a key that others could use.", (Asserts.KIND, Asserts.UNDECIDED)
    )
    TIE = Claim("In {asset}, what a unit's memory holds was seen in what it sends.", (Asserts.KIND, Asserts.UNDECIDED))
    MODEM = Claim("In {asset}, there is a mobile modem.", (Asserts.KIND, Asserts.UNDECIDED))
    CARD_SENDS = Claim(
        "In {asset}, the SIM card by itself asks where it is, and then sends something.",
        (Asserts.KIND, Asserts.UNDECIDED),
    )
    CARD_TELLS = Claim(
        "In {asset}, the SIM card by itself asks where it is or which device holds it, and could send that on.",
        (Asserts.KIND, Asserts.UNDECIDED),
    )
    TAG_ALONG = Claim(
        "In {asset}, a tag as people put on their keys goes along, and its owner is away; phones that pass by tell where it is.",
        (Asserts.KIND, Asserts.UNDECIDED),
    )
    TAG_NEAR = Claim(
        "Near {asset}, a tag as people put on their keys was heard, and its owner is away.",
        (Asserts.KIND, Asserts.UNDECIDED),
    )
    TAG_SILENT = Claim(
        "In {asset}, a tag as people put on their keys goes along; it does not say whether its owner is near.",
        (Asserts.KIND, Asserts.UNDECIDED),
    )
    RADIO_IN_STEP = Claim(
        "Near {asset}, something sends by radio at the very times at which a position was seen leaving.",
        (Asserts.KIND, Asserts.UNDECIDED),
    )
    RADIO_CLOCK = Claim(
        "Near {asset}, something sends by radio again and again, as by a clock.", (Asserts.KIND, Asserts.UNDECIDED)
    )
    UNNAMED = Claim("In {asset}, something was found that needs a closer look.", (Asserts.UNDECIDED,))


VOCABULARIES: tuple[type[Statement], ...] = (Headline, Lead, Suspicion, Behind, Next, Step, Where, Uncovered)
