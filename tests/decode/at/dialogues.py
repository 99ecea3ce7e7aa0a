# ruff: noqa: E501 - rows of facts are easier to compare on one line each
"""The ways in which real logs write a dialogue."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from tests.decode.at.makers import DIALOGUES

REPORTS = ("+CREG: 1", "^RSSI:21", "+CEREG: 1", '+QIURC: "recv",0', "RDY")

Style = Callable[[list[tuple[str, str]]], bytes]


def events(name: str, *, echo: bool) -> list[tuple[str, str]]:
    """``(direction, line)`` of the dialogue, with the module's echo when it is on."""
    said = []
    for command, answers in DIALOGUES[name][0]:
        said.append((">", command))
        if echo:
            said.append(("<", command))
        said += [("<", answer) for answer in answers]
    return said


def _clock() -> Callable[[], tuple[int, int, int, int]]:
    ticks = count(36_000_000, 137)

    def now() -> tuple[int, int, int, int]:
        tick = next(ticks)
        return tick // 3_600_000, tick // 60_000 % 60, tick // 1000 % 60, tick % 1000

    return now


def _lines(make: Callable[[str, str], str], end: str = "\r\n") -> Style:
    return lambda said: "".join(make(way, line) + end for way, line in said).encode()


def _stamped(form: str) -> Style:
    def style(said: list[tuple[str, str]]) -> bytes:
        now = _clock()
        return "".join(
            form.format(*now(), way="TX" if way == ">" else "RX") + line + "\n" for way, line in said
        ).encode()

    return style


def _minicom(said: list[tuple[str, str]]) -> bytes:
    head = b"Welcome to minicom 2.8\r\n\r\nOPTIONS: I18n\r\nPort /dev/ttyUSB2, 10:11:12\r\n\r\nPress CTRL-A Z for help on special keys\r\n\r\n"
    return head + "".join(line + "\r\n" for way, line in said if way == "<" or line).encode()


def _modem_manager(said: list[tuple[str, str]]) -> bytes:
    out = []
    for way, line in said:
        if way == ">":
            out.append(f"ModemManager[812]: <debug> [1669080000.123456] [modem0/ttyUSB2/at] --> '{line}<CR>'")
        elif line:
            out.append(
                f"ModemManager[812]: <debug> [1669080000.123456] [modem0/ttyUSB2/at] <-- '<CR><LF>{line}<CR><LF>'"
            )
    return "\n".join(out).encode() + b"\n"


def _split_halves(said: list[tuple[str, str]]) -> bytes:
    out = []
    for way, line in said:
        if way == ">":
            out.append(f"** (modem-manager:77): DEBUG: (ttyUSB2): --> '{line}<CR>'")
        elif line:
            middle = len(line) // 2
            out.append(f"** (modem-manager:77): DEBUG: (ttyUSB2): <-- '<CR><LF>{line[:middle]}'")
            out.append("** (modem-manager:77): DEBUG: (ttyACM9): <-- '<CR><LF>^RSSI:3<CR><LF>'")
            out.append(f"** (modem-manager:77): DEBUG: (ttyUSB2): <-- '{line[middle:]}<CR><LF>'")
    return "\n".join(out).encode() + b"\n"


def _reports_between(said: list[tuple[str, str]]) -> bytes:
    out = []
    for index, (_, line) in enumerate(said):
        out += [line, REPORTS[index % len(REPORTS)]] if line == "OK" else [line]
    return "\r\n".join(out).encode() + b"\r\n"


def _noise(said: list[tuple[str, str]]) -> bytes:
    return b"\x00\xff\xfe\x00" + "".join(line + "\r\r\n" for _, line in said).encode() + b"\xf0\x00partial +CE"


def raw(said: list[tuple[str, str]]) -> bytes:
    return b"".join(line.encode() + (b"\r" if way == ">" else b"\r\n") for way, line in said)


def _hexdump(said: list[tuple[str, str]]) -> bytes:
    data = raw(said)
    rows = []
    for at in range(0, len(data), 16):
        part = data[at : at + 16]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        rows.append(
            f"{at:08x}  {' '.join(f'{byte:02x}' for byte in part[:8])}  {' '.join(f'{byte:02x}' for byte in part[8:])}".rstrip()
            + f"  |{shown}|"
        )
    return "\n".join(rows).encode() + b"\n"


def _esp_dump(said: list[tuple[str, str]]) -> bytes:
    data = raw(said)
    rows = []
    for at in range(0, len(data), 16):
        part = data[at : at + 16]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        rows.append(
            f"D ({1000 + at}) uart_terminal: 0x{0x3FFB0000 + at:08x}   {' '.join(f'{byte:02x}' for byte in part)}  |{shown}|"
        )
    return "\n".join(rows).encode() + b"\n"


def _xxd(said: list[tuple[str, str]]) -> bytes:
    data = raw(said)
    rows = []
    for at in range(0, len(data), 16):
        digits = data[at : at + 16].hex()
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data[at : at + 16])
        rows.append(f"{at:08x}: {' '.join(digits[i : i + 4] for i in range(0, len(digits), 4)):<39}  {shown}")
    return "\n".join(rows).encode() + b"\n"


def _saleae_hex(said: list[tuple[str, str]]) -> bytes:
    rows = ["name,type,start_time,duration,data,error"]
    rows += [
        f'"Async Serial","data",{index * 8.7e-05:.9f},8.6e-05,0x{byte:02X},' for index, byte in enumerate(raw(said))
    ]
    return "\n".join(rows).encode() + b"\n"


def _saleae_characters(said: list[tuple[str, str]]) -> bytes:
    names = {13: "\\r", 10: "\\n", 32: "' '", 44: "COMMA"}
    rows = ["Time [s],Value,Parity Error,Framing Error"]
    rows += [f"{index * 8.7e-05:.9f},{names.get(byte) or chr(byte)},," for index, byte in enumerate(raw(said))]
    return "\n".join(rows).encode() + b"\n"


def _mbed(said: list[tuple[str, str]]) -> bytes:
    rows = [f"AT RX ( 1): { {13: '<cr>', 10: '<ln>'}.get(byte) or chr(byte) }" for byte in raw(said)]
    return "\n".join(rows).encode() + b"\n"


def _ofono(said: list[tuple[str, str]]) -> bytes:
    rows = [
        f"ofonod[612]: App: > {line}\\r" if way == ">" else f"ofonod[612]: App: < \\r\\n{line}\\r\\n"
        for way, line in said
        if line
    ]
    return "\n".join(rows).encode() + b"\n"


def _marked(sent: str, got: str, *, encoding: str = "utf-8", end: str = "") -> Style:
    """A prefix of its own for each direction."""
    return lambda said: "".join((sent if way == ">" else got) + line + end + "\n" for way, line in said).encode(
        encoding
    )


STYLES: dict[str, Style] = {
    "ofono": _ofono,
    "mbed": _mbed,
    "chat": _marked("Nov 22 10:00:00 gw chat[411]: send (", "Nov 22 10:00:00 gw chat[411]: ", end="^M"),
    "Android": _marked("D/AT      (  130): AT> ", "D/AT      (  130): AT< "),
    "logcat": _marked(
        "11-22 10:00:00.123   130   145 D AT      : \x1b[1;32mAT> ",
        "11-22 10:00:00.123   130   145 D AT      : \x1b[1;32mAT< ",
    ),
    "RT-Thread": _marked("[12345] D/at.clnt: send: ", "[12345] D/at.clnt: recv: "),
    "serial tool": _marked("[10:11:12.345]发→◇", "[10:11:12.345]收←◆"),
    "serial tool, GBK": _marked("[10:11:12.345]发→◇", "[10:11:12.345]收←◆", encoding="gbk"),
    "stamp without a blank": _marked("[2022-11-22_10:11:12:345]", "[2022-11-22_10:11:12:345]"),
    "named day": _marked("[Tue Nov 22 10:11:12.123 2022] ", "[Tue Nov 22 10:11:12.123 2022] "),
    "table": _marked('2026-11-22 10:00:00,tx,"', '2026-11-22 10:00:00,rx,"', end='"'),
    "colours": _marked("\x1b[0;32mI (2345) modem: ", "\x1b[0;32mI (2346) modem: ", end="\x1b[0m"),
    "words of a program": _marked("Sending: ", "Response: "),
    "only sent marked": _marked("U_AT_CLIENT_0-1: sent: ", "U_AT_CLIENT_0-1: "),
    "prompt": _marked("[10:11:12] > ", "[10:11:12] "),
    "bars": _marked("10:11:12.345 | TX | ", "10:11:12.345 | RX | "),
    "tabs": _marked("10:11:12.345\tTX\t", "10:11:12.345\tRX\t"),
    "epoch": _marked("1669112345.123456 ", "1669112345.223456 "),
    "file and line": _marked(
        "2026/11/22 10:11:12 [DEBUG] modem.go:123: -> ", "2026/11/22 10:11:12 [DEBUG] modem.go:124: <- "
    ),
    "thread and module": _marked(
        "2026-11-22 10:11:12.345 DEBUG (MainThread) [m.serial] Sent: ",
        "2026-11-22 10:11:12.345 DEBUG (MainThread) [m.serial] Received: ",
    ),
    "quotes": _lines(lambda way, line: f"DEBUG:root:{'write' if way == '>' else 'read'}: {line!r}", "\n"),
    "raw": raw,
    "plain lines": _lines(lambda way, line: line, "\n"),
    "carriage returns": _lines(lambda way, line: line, "\r\r\n"),
    "minicom": _minicom,
    "brackets": _stamped("[{0:02}:{1:02}:{2:02}:{3:03}] "),
    "date and time": _stamped("2026-11-22 {0:02}:{1:02}:{2:02}.{3:03} "),
    "iso": _stamped("2026-11-22T{0:02}:{1:02}:{2:02}.{3:03}Z "),
    "date, level": _stamped("2026-11-22 {0:02}:{1:02}:{2:02},{3:03} DEBUG: {way}: "),
    "kernel stamp": _stamped("[ {0:02}{1:02}{2:02}.{3:03}000] "),
    "esp": _stamped("I ({0}{1:02}{2:02}{3:03}) modem: "),
    "zephyr": _stamped("[00:{1:02}:{2:02}.{3:03},000] <dbg> modem_chat: "),
    "arrow after stamp": _stamped("{0:02}:{1:02}:{2:02}.{3:03} -> "),
    "syslog": _stamped("Nov 22 {0:02}:{1:02}:{2:02} gateway modemd[411]: "),
    "dialler": _lines(lambda way, line: f"[11-22_10:00:00:000] AT{way} {line}", "\n"),
    "words": _lines(lambda way, line: ("SEND: " if way == ">" else "RECV: ") + line, "\n"),
    "arrows": _lines(lambda way, line: ("--> " if way == ">" else "<-- ") + line, "\n"),
    "chevrons": _lines(lambda way, line: (">> " if way == ">" else "<< ") + line, "\n"),
    "tx rx": _lines(lambda way, line: ("[TX] " if way == ">" else "[RX] ") + line, "\n"),
    "control pictures": _lines(lambda way, line: f"[10:11:12:{len(line):03}] {line}␍␊", "\n"),
    "python": _lines(lambda way, line: repr(line.encode() + b"\r\n"), "\n"),
    "ModemManager": _modem_manager,
    "halves": _split_halves,
    "reports between": _reports_between,
    "noise": _noise,
    "hexdump": _hexdump,
    "esp dump": _esp_dump,
    "xxd": _xxd,
    "logic analyser, hex": _saleae_hex,
    "logic analyser, characters": _saleae_characters,
}
