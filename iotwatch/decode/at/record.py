"""What of a dialogue is kept: the words that only a cellular modem says, and commands without what may be a secret."""

from __future__ import annotations

from collections.abc import Iterable

from iotwatch.decode.at import grammar
from iotwatch.decode.at.grammar import Command
from iotwatch.decode.at.lines import Line
from iotwatch.decode.message import Trait
from iotwatch.words.kinds import Kind

_CELLULAR = (
    "+CIMI +CPIN +CREG +CGREG +CEREG +C5GREG +COPS +CSQ +CESQ +CGATT +CGACT +CPSI +CGDCONT +QENG +QCSQ +QNWINFO "
    " ^SYSINFO ^SYSINFOEX ^HCSQ ^SIMST ^SRVST ^RSSI +GCAP !GSTATUS !LTEINFO +CGPADDR +CGEV +CNUM +CCED +QSIMSTAT "
    " +CNACT +CGCONTRDP +QICSGP ^MODE +SAPBR +QIACT #SGACT +KCNX_IND +MIPCALL +XIIC $MYNETACT"
)
CELLULAR = frozenset(_CELLULAR.split())
"""Answers and reports that only a modem of a cellular network gives (TS 27.007; makers' own in public logs)."""
_BEARERS = (
    "+SAPBR +CSTT +CIICR +QICSGP +QIREGAPP +QIACT +CNACT +CGDCONT +CGATT +CGACT +MIPCALL +XIIC $MYNETACT #SGACT "
    "+KCNXCFG +KCNXUP +UPSD +UPSDA"
)
BEARERS = frozenset(_BEARERS.split())
"""Commands that set up a data bearer of a cellular network (TS 27.007, makers' TCP/IP manuals): a modem without one refuses
them, so that ``OK`` shows one."""
_OF_CARD = frozenset({
    "+CPIN", "+CPIN2", "+CLCK", "+CPWD", "^CPIN", "+QPINC", "+SPIC", "+CSIM", "+CRSM", "+CGLA", "+CRLA", "+CUSATT", "+CUSATE",
})  # fmt: skip
"""Commands in which PINs stand, or what goes to the card and comes from it: its files and keys (TS 27.007 sections 8.3, 8.17)."""
_SECRETS = _OF_CARD | {"+CGAUTH", "+QMTCONN", "+CMQTTCONNECT", "+MQTTCONN", "+CWJAP"}


def shown(command: Command) -> str:
    """The command for the record: without what may be a secret or a person's words."""
    plain = all(
        part.isdigit() or (part.replace("_", "").isalnum() and len(part) <= 16)
        for part in grammar.arguments(command.arguments)
    )
    if command.kind != "set" or (plain and len(command.arguments) <= 40 and command.name not in _SECRETS):
        return command.text
    return f"AT{command.name}="


def standing(line: Line, traits: list[Trait]) -> list[Trait]:
    """The traits with spans that hold them: in a line joined from two chunks only the whole span does."""
    if len(line.text) == line.end - line.start:
        return traits
    return [Trait(trait.kind, trait.value, (line.start, line.end), trait.facts) for trait in traits]


def with_cellular(traits: list[Trait]) -> list[Trait]:
    """An IMEI, an IMSI or an ICCID is told only by a cellular modem."""
    number = next((trait for trait in traits if trait.kind in (Kind.IMEI, Kind.IMSI, Kind.ICCID)), None)
    if number is None:
        return traits
    return [*traits, Trait(Kind.MODEM_CELLULAR, number.kind, number.span)]


def told(commands: Iterable[Command], line: Line) -> tuple[int, int]:
    """Where the commands of a line stand that are recorded: up to the first with a secret, that no evidence may quote it."""
    text, end = line.text.upper(), len(line.text)
    for command in commands:
        if command.name in _SECRETS and command.kind == "set":
            end = min(end, max(0, text.find(f"{command.name}=")) + len(command.name) + 1)
    return (line.start, line.end) if end == len(text) else (line.start, line.start + end)


def is_of_card(name: str) -> bool:
    """Whether an answer holds what stands on the card: ``decode.sim`` reads it, and leaves its keys out."""
    return name in _OF_CARD and name != "+CPIN"
