"""What listening from each place cannot see, and what law to ask about before listening there.

A short table, not legal advice: it names the question, the answer differs by country.
"""

from __future__ import annotations

import msgspec


class VantageWords(msgspec.Struct, frozen=True):
    """``where`` and ``blind`` are for the driver, ``cannot_see`` and ``ask_about`` for the analyst."""

    where: str
    blind: str
    cannot_see: str
    ask_about: str


_INTERCEPTION = (
    "interception: whose consent is needed to record traffic, and employee monitoring where a driver uses it"
)
_OPENING = (
    "opening a unit and reading its memory: ownership, copyright, circumvention rules, warranty and type approval"
)

VANTAGES: dict[str, VantageWords] = {
    "wifi": VantageWords(
        "on the car's Wi-Fi",
        "Listening on the Wi-Fi cannot notice a device that has its own SIM card, or one that was asleep.",
        "devices with their own SIM or satellite link; other channels and bands than the tapped one; encrypted content",
        f"{_INTERCEPTION}; bystanders' devices are in range",
    ),
    "bluetooth": VantageWords(
        "by Bluetooth around the car",
        "Listening for Bluetooth cannot notice a device that has its own SIM card, or one that was silent.",
        "devices with their own SIM or satellite link; Wi-Fi and other radio; advertising while another channel was heard;"
        " ultra-wideband, by which tags are found from near; tags that a phone's own log leaves out; encrypted connections",
        f"{_INTERCEPTION}; bystanders' phones, headsets and tags are in range",
    ),
    "lan": VantageWords(
        "on the car's network cable",
        "Listening on the network cable cannot notice a device that has its own SIM card.",
        "devices with their own SIM or satellite link; traffic that does not pass the tapped cable; encrypted content",
        _INTERCEPTION,
    ),
    "gateway": VantageWords(
        "at the car's internet router",
        "Listening at the router cannot notice a device that does not use this router.",
        "devices with their own SIM or satellite link; traffic inside the car; encrypted content",
        _INTERCEPTION,
    ),
    "usb": VantageWords(
        "on the USB cable of a unit",
        "Listening on one USB cable shows that cable only.",
        "other ports and buses; what the module does by itself over the air",
        _OPENING,
    ),
    "uart": VantageWords(
        "on the service wires inside a unit",
        "The service wires show what the unit chose to write there, and nothing else.",
        "all that is not written to this serial line; what the module does by itself over the air",
        _OPENING,
    ),
    "obd": VantageWords(
        "at the diagnostic socket",
        "The diagnostic socket shows the car's inner wiring, not what is sent over the air.",
        "radio of any kind; buses that the gateway does not pass to the socket",
        "access to vehicle data: the keeper's consent, lease terms, type approval",
    ),
    "can": VantageWords(
        "on the car's inner wiring",
        "The inner wiring shows what units tell each other, not what is sent over the air.",
        "radio of any kind; buses that were not tapped",
        "access to vehicle data: the keeper's consent, lease terms, type approval",
    ),
    "cellular": VantageWords(
        "on the mobile network, in a shielded test room or by the operator",
        "Listening on the mobile network does not cover satellite, Wi-Fi or other radio.",
        "other operators, bands and generations than the test cell offers; satellite; encrypted content above the radio",
        "radio licence for a test cell; secrecy of telecommunications",
    ),
    "sim": VantageWords(
        "at the SIM card of a unit",
        "Listening at one SIM card shows what that card is asked and asks itself, not what is sent over the air.",
        "other cards; what the module sends by itself; commands that reach the card enciphered",
        f"{_OPENING}; secrecy of telecommunications",
    ),
    "diag": VantageWords(
        "at the service socket of a mobile modem",
        "The service socket shows one modem only, and what it chose to report. Whose modem it was, such a log does not say.",
        "other modems; messages that were not switched on in the log; what the program behind the modem keeps for itself",
        f"{_OPENING}; secrecy of telecommunications",
    ),
    "rf": VantageWords(
        "with a radio receiver",
        "The radio receiver covers only the frequencies it was tuned to, while it was on.",
        "other frequencies and times; content of most links",
        "radio listening: some countries forbid to receive or record what is not meant for the public",
    ),
    "other": VantageWords(
        "in a memory image or a record of a unit",
        "A memory image or record shows what a unit could do, not what it does on the road.",
        "behaviour at run time; settings sent from afar; parts that are encrypted or were not opened",
        _OPENING,
    ),
}


def heard_mobile_network(vantage: str, kind: str) -> bool:
    """Whether a device with its own SIM card is heard there: what captures hold of radio is frames of other networks."""
    return vantage == "cellular" or (vantage == "rf" and kind != "capture")


def words_of(vantage: str) -> VantageWords:
    """The row of a vantage; one that is not in the table is ``other``."""
    return VANTAGES.get(vantage, VANTAGES["other"])
