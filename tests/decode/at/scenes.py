"""Dialogues in which a module is given a position to send, written from makers' manuals, and the ways in which loggers write them.

Nothing here knows the decoder's tables. A scene is a list of events: ``>`` what the host types (its CR included), ``<`` what the
module says, ``=`` payload that the host types behind a prompt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

Event = tuple[str, bytes]
HOST, PORT = "203.0.113.61", 7611
PLACE = (47.497913, 19.040236)
QUERY = b"imei=352656100123456&lat=47.497913&lon=19.040236"
JSON = b'{"lat":47.497913,"lon":19.040236}'
PAIR = b"47.497913,19.040236"
H02 = b"*HQ,3041590857,V1,101201,A,4729.8748,N,01902.4142,E,012.00,090,121126,FFFFFBFF#"


class Scene(NamedTuple):
    """``answer`` are the events that a log without an answer lacks; ``far_end`` is what must be told of it."""

    said: list[Event]
    answer: list[Event]
    far_end: tuple[str, int | None]
    level: str


def ask(command: str, *answers: str) -> list[Event]:
    """A command, and the module's lines, framed in CR LF."""
    return [(">", command.encode() + b"\r"), *(("<", f"\r\n{answer}\r\n".encode()) for answer in answers)]


def give(command: str, payload: bytes, prompt: str = "> ", end: bytes = b"") -> list[Event]:
    return [(">", command.encode() + b"\r"), ("<", f"\r\n{prompt}".encode()), ("=", payload + end)]


def tell(*answers: str) -> list[Event]:
    return [("<", f"\r\n{answer}\r\n".encode()) for answer in answers]


ACCEPTED, ACKNOWLEDGED, ANSWERED = "accepted", "acknowledged by the peer's stack", "answered by the server"
_END = (HOST, PORT)


def scenes() -> dict[str, Scene]:
    """One scene for each way of sending."""
    n = len(QUERY)
    return {
        "quectel tcp": Scene(
            ask(f'AT+QIOPEN=1,0,"TCP","{HOST}",{PORT},0,1', "OK", "+QIOPEN: 0,0") + give(f"AT+QISEND=0,{n}", QUERY),
            tell("SEND OK"), _END, ACCEPTED,
        ),
        "quectel ctrl-z": Scene(
            ask(f'AT+QIOPEN=1,2,"TCP","{HOST}",{PORT},0,0', "OK", "+QIOPEN: 2,0") + give("AT+QISEND=2", H02, end=b"\x1a"),
            tell("SEND OK", '+QIURC: "recv",2') + ask("AT+QIRD=2,100", "+QIRD: 2\r\nON", "OK"), _END, ANSWERED,
        ),
        "quectel hex": Scene(
            ask(f'AT+QIOPEN=1,4,"UDP","{HOST}",{PORT}', "OK", "+QIOPEN: 4,0") + ask(f'AT+QISENDEX=4,"{JSON.hex().upper()}"'),
            tell("SEND OK"), _END, ACCEPTED,
        ),
        "quectel post": Scene(
            give(f"AT+QHTTPURL={len(f'http://{HOST}:{PORT}/p')},60", f"http://{HOST}:{PORT}/p".encode(), "CONNECT\r\n")
            + tell("OK") + give(f"AT+QHTTPPOST={len(JSON)},60,60", JSON, "CONNECT\r\n") + tell("OK"),
            tell("+QHTTPPOST: 0,200,2"), _END, ANSWERED,
        ),
        "quectel mqtt": Scene(
            ask(f'AT+QMTOPEN=0,"{HOST}",{PORT}', "OK", "+QMTOPEN: 0,0") + ask('AT+QMTCONN=0,"c"', "OK", "+QMTCONN: 0,0,0")
            + give(f'AT+QMTPUBEX=0,7,1,0,"car/pos",{len(JSON)}', JSON),
            tell("OK", "+QMTPUBEX: 0,7,0"), _END, ANSWERED,
        ),
        "quectel nb": Scene(
            ask("AT+NSOCR=DGRAM,17,4000,1", "0", "OK") + ask(f"AT+NSOST=0,{HOST},{PORT},{n},{QUERY.hex().upper()},2"),
            tell(f"0,{n}", "OK", "+NSOSTR:0,2,1"), _END, ACKNOWLEDGED,
        ),
        "simcom 2g": Scene(
            ask(f'AT+CIPSTART="TCP","{HOST}","{PORT}"', "OK", "CONNECT OK") + give("AT+CIPSEND", QUERY, end=b"\x1a"),
            tell("SEND OK"), _END, ACCEPTED,
        ),
        "simcom several": Scene(
            ask("AT+CIPMUX=1", "OK") + ask(f'AT+CIPSTART=3,"TCP","{HOST}",{PORT}', "OK", "3, CONNECT OK")
            + give("AT+CIPSEND=3,20", QUERY[:20]) + tell("3, SEND OK") + give(f"AT+CIPSEND=3,{n - 20}", QUERY[20:]),
            tell("3, SEND OK", "+RECEIVE,3,2:\r\nok"), _END, ANSWERED,
        ),
        "simcom 4g": Scene(
            ask("AT+NETOPEN", "OK", "+NETOPEN: 0") + ask(f'AT+CIPOPEN=1,"TCP","{HOST}",{PORT}', "OK", "+CIPOPEN: 1,0")
            + give(f"AT+CIPSEND=1,{n}", QUERY, ">"),
            tell("OK", f"+CIPSEND: 1,{n},{n}"), _END, ACCEPTED,
        ),
        "simcom udp": Scene(
            ask('AT+CIPOPEN=1,"UDP",,,5000', "OK", "+CIPOPEN: 1,0") + give(f'AT+CIPSEND=1,{n},"{HOST}",{PORT}', QUERY, ">"),
            tell("OK", f"+CIPSEND: 1,{n},{n}"), _END, ACCEPTED,
        ),
        "simcom ca": Scene(
            ask(f'AT+CAOPEN=0,0,"TCP","{HOST}",{PORT}', "+CAOPEN: 0,0", "OK") + give(f"AT+CASEND=0,{n}", QUERY),
            tell("OK"), _END, ACCEPTED,
        ),
        "simcom get": Scene(
            ask("AT+HTTPINIT", "OK") + ask(f'AT+HTTPPARA="URL","http://{HOST}:{PORT}/p?{QUERY.decode()}"', "OK")
            + ask("AT+HTTPACTION=0", "OK"),
            tell("+HTTPACTION: 0,200,2"), _END, ANSWERED,
        ),
        "simcom post": Scene(
            ask(f'AT+HTTPPARA="URL","http://{HOST}:{PORT}/p"', "OK") + give(f"AT+HTTPDATA={len(JSON)},9000", JSON, "DOWNLOAD\r\n")
            + tell("OK") + ask("AT+HTTPACTION=1", "OK"),
            tell("+HTTPACTION: 1,201,0"), _END, ANSWERED,
        ),
        "simcom mqtt": Scene(
            ask(f'AT+CMQTTCONNECT=0,"tcp://{HOST}:{PORT}",60,1', "OK", "+CMQTTCONNECT: 0,0")
            + give("AT+CMQTTTOPIC=0,5", b"car/1", ">") + tell("OK") + give(f"AT+CMQTTPAYLOAD=0,{len(PAIR)}", PAIR, ">")
            + tell("OK") + ask("AT+CMQTTPUB=0,1,60"),
            tell("OK", "+CMQTTPUB: 0,0"), _END, ANSWERED,
        ),
        "u-blox tcp": Scene(
            ask("AT+USOCR=6", "+USOCR: 2", "OK") + ask(f'AT+USOCO=2,"{HOST}",{PORT}', "OK") + give(f"AT+USOWR=2,{n}", QUERY, "@"),
            tell(f"+USOWR: 2,{n}", "OK"), _END, ACCEPTED,
        ),
        "u-blox udp": Scene(
            ask("AT+UDCONF=1,1", "OK") + ask("AT+USOCR=17", "+USOCR: 0", "OK")
            + ask(f'AT+USOST=0,"{HOST}",{PORT},{len(JSON)},"{JSON.hex().upper()}"'),
            tell(f"+USOST: 0,{len(JSON)}", "OK"), _END, ACCEPTED,
        ),
        "telit": Scene(
            ask(f'AT#SD=1,0,{PORT},"{HOST}",0,0,1', "OK") + give(f"AT#SSENDEXT=1,{n}", QUERY),
            tell("OK", "SRING: 1") + ask("AT#SRECV=1,100", "#SRECV: 1,3\r\nack", "OK"), _END, ANSWERED,
        ),
        "telit ctrl-z": Scene(
            ask(f'AT#SD=2,1,{PORT},"{HOST}",0,5000,1', "OK") + give("AT#SSEND=2", QUERY, end=b"\x1a"), tell("OK"), _END, ACCEPTED,
        ),
        "sierra": Scene(
            ask(f'AT+KTCPCFG=1,0,"{HOST}",{PORT}', "+KTCPCFG: 1", "OK") + ask("AT+KTCPCNX=1", "OK", "+KTCP_IND: 1,1")
            + give(f"AT+KTCPSND=1,{n}", QUERY, "CONNECT\r\n", end=b"--EOF--Pattern--"),
            tell("OK"), _END, ACCEPTED,
        ),
        "cinterion": Scene(
            ask('AT^SISS=1,srvType,"Socket"', "OK") + ask(f'AT^SISS=1,address,"socktcp://{HOST}:{PORT}"', "OK")
            + ask("AT^SISO=1", "OK", "^SISW: 1,1") + give(f"AT^SISW=1,{n}", QUERY, f"^SISW: 1,{n},0\r\n"),
            tell("OK", "^SISW: 1,1"), _END, ACCEPTED,
        ),
        "fibocom": Scene(
            ask(f'AT+MIPOPEN=1,,"{HOST}",{PORT},0', "OK", "+MIPOPEN: 1,1") + give(f"AT+MIPSEND=1,{n}", QUERY, ">"),
            tell("OK", "+MIPPUSH: 1,0"), _END, ACCEPTED,
        ),
        "onemo": Scene(
            ask(f'AT+MIPOPEN=0,"TCP","{HOST}",{PORT}', "OK", "+MIPOPEN: 0,0") + give(f"AT+MIPSEND=0,{n}", QUERY),
            tell(f"+MIPSEND: 0,{n}", "OK"), _END, ACCEPTED,
        ),
        "neoway": Scene(
            ask(f"AT+TCPSETUP=0,{HOST},{PORT}", "OK", "+TCPSETUP: 0,OK") + give(f"AT+TCPSEND=0,{n}", QUERY, ">"),
            tell("OK", f"+TCPSEND: 0,{n}"), _END, ACCEPTED,
        ),
        "nordic": Scene(
            ask("AT#XSOCKET=1,1,0", "#XSOCKET: 1,1,6", "OK") + ask(f'AT#XCONNECT="{HOST}",{PORT}', "#XCONNECT: 1", "OK")
            + ask(f'AT#XSEND="{QUERY.decode()}"'),
            tell(f"#XSEND: {n}", "OK"), _END, ACCEPTED,
        ),
        "sequans": Scene(
            ask(f'AT+SQNSD=1,0,{PORT},"{HOST}",0,0,1', "OK") + give(f"AT+SQNSSENDEXT=1,{n}", QUERY), tell("OK"), _END, ACCEPTED,
        ),
        "huawei": Scene(
            ask(f'AT^IPOPEN=1,"TCP","{HOST}",{PORT}', "OK") + ask(f'AT^IPSENDEX=1,1,"{QUERY.hex()}"'), tell("OK"), _END, ACCEPTED,
        ),
        "zte": Scene(
            ask(f"AT+ZIPSETUP=0,{HOST},{PORT}", "+ZIPSETUP: CONNECTED") + give(f"AT+ZIPSEND=0,{n}", QUERY, ">"),
            tell("+ZIPSEND: OK", "OK"), _END, ACCEPTED,
        ),
        "message": Scene(
            ask("AT+CMGF=1", "OK") + give('AT+CMGS="+36301234567"', b"Car: " + PAIR, end=b"\x1a"),
            tell("+CMGS: 12", "OK"), ("+36301234567", None), ANSWERED,
        ),
        "message ucs2": Scene(
            ask("AT+CMGF=1", "OK") + ask('AT+CSCS="UCS2"', "OK")
            + give(f'AT+CMGS="{"+36301234567".encode("utf-16-be").hex().upper()}"',
                   "Autó: 47.497913,19.040236".encode("utf-16-be").hex().upper().encode(), end=b"\x1a"),
            tell("+CMGS: 13", "OK"), ("+36301234567", None), ANSWERED,
        ),
        "message pdu": Scene(
            ask("AT+CMGF=0", "OK") + give(f"AT+CMGS={len(_pdu()) // 2 - 1}", _pdu(), end=b"\x1a"),
            tell("+CMGS: 14", "OK"), ("+36301234567", None), ANSWERED,
        ),
    }  # fmt: skip


def _pdu() -> bytes:
    """An SMS-SUBMIT of the pair in 7-bit characters (digits, comma and point are those of ASCII)."""
    bits = sum(character << 7 * index for index, character in enumerate(PAIR))
    packed = bits.to_bytes((len(PAIR) * 7 + 7) // 8, "little").hex().upper()
    return f"0001000B916303214365F70000{len(PAIR):02X}{packed}".encode()


# How loggers write what passed.


def _echoed(said: list[Event]) -> bytes:
    return b"".join(data for _, data in said)


def _no_echo_of_ctrl_z(said: list[Event]) -> bytes:
    return b"".join(data.replace(b"\x1a", b"\r\n") if way == "=" else data for way, data in said)


def _rows(said: list[Event]) -> list[tuple[str, bytes]]:
    """Lines as a line logger sees them: what the module says and what is typed behind its prompt make one."""
    rows: list[tuple[str, bytes]] = []
    for way, data in said:
        side = ">" if way in ">=" else "<"
        parts = [part for part in data.replace(b"\r", b"\n").split(b"\n") if part]
        rows += [(side, part) for part in parts]
    return rows


def _arduino(said: list[Event]) -> bytes:
    lines = _echoed(said).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return b"".join(b"13:28:%02d.%03d -> %s\n" % (at // 9 % 60, at * 7 % 1000, line) for at, line in enumerate(lines))


def _tagged(said: list[Event]) -> bytes:
    return b"".join(
        b"[2026-11-12 10:%02d:%02d.120] %s: %s\n" % (at // 60, at % 60, b"TX" if way == ">" else b"RX", line)
        for at, (way, line) in enumerate(_rows(said))
    )


def _arrows(said: list[Event]) -> bytes:
    return b"".join((b"\t---> " if way == ">" else b"\t<--- ") + line + b"\n" for way, line in _rows(said))


def _modem_manager(said: list[Event]) -> bytes:
    names = ((b"\r", b"<CR>"), (b"\n", b"<LF>"), (b"\x1a", b"<CTRL+Z>"))
    out = []
    for at, (way, data) in enumerate(said):
        for sign, name in names:
            data = data.replace(sign, name)
        mark = b"-->" if way in ">=" else b"<--"
        out.append(
            b"ModemManager[812]: <debug> [1794481952.%06d] [modem0/ttyUSB2/at] %s '%s'\n" % (at * 1000, mark, data)
        )
    return b"".join(out)


def _particle(said: list[Event]) -> bytes:
    out = []
    for at, (way, data) in enumerate(said):
        shown = (
            data.decode("latin-1")
            .replace('"', '\\"')
            .replace("\r", "\\r")
            .replace("\n", "\\n")
            .replace("\x1a", "\\x1a")
        )
        word = "send      " if way in ">=" else "read  +   "
        out.append(f'   {430 + at}.{at * 37 % 1000:03d} AT {word}{len(data):3d} "{shown}"\n')
    return "".join(out).encode("latin-1")


def _python(said: list[Event]) -> bytes:
    return b"".join(
        b"TX:[%s]\n" % repr(data).encode() if way in ">=" else b"RX:[bytearray(%s)]\n" % repr(data).encode()
        for way, data in said
    )


def _hexdump(said: list[Event]) -> bytes:
    data = _echoed(said)
    rows = (data[at : at + 16] for at in range(0, len(data), 16))
    return b"".join(
        b"%08x  %s  |%s|\n" % (16 * at, row.hex(" ").encode(), bytes(c if 32 <= c < 127 else 46 for c in row))
        for at, row in enumerate(rows)
    )


def _table(said: list[Event]) -> bytes:
    rows = (b"%.9f,0x%02X,," % (at * 8.7e-05, byte) for at, byte in enumerate(_echoed(said)))
    return b"Time [s],Value,Parity Error,Framing Error\n" + b"\n".join(rows) + b"\n"


def _with_reports(said: list[Event]) -> bytes:
    reports = (b"\r\n+CREG: 1\r\n", b"\r\n+CSQ: 17,99\r\n", b"\r\nRING\r\n")
    out = []
    for at, (way, data) in enumerate(said):
        out.append(data)
        before_typing = at + 1 < len(said) and said[at + 1][0] == "="
        if way == "<" and not before_typing:
            out.append(reports[at % 3])
    return b"".join(out)


def _sscom(said: list[Event]) -> bytes:
    marks = {">": "发→◇".encode(), "<": "收←◆".encode("gbk")}
    return b"".join(
        b"[14:18:%02d.%03d]%s%s\r\n" % (at % 60, at * 37 % 1000, marks[way], line)
        for at, (way, line) in enumerate(_rows(said))
    )


def _gsmmodem(said: list[Event]) -> bytes:
    return b"".join(
        b"2026-11-12 10:00:01,%03d DEBUG: %s\n" % (at, b"write: " + line if way == ">" else b"response: ['%s']" % line)
        for at, (way, line) in enumerate(_rows(said))
    )


def _dumped(said: list[Event]) -> bytes:
    """Zephyr's dump of each transfer."""
    out = []
    for at, (way, data) in enumerate(said):
        out.append(b"[00:00:%02d.%03d,000] <dbg> modem: %s: hexdump\n" % (at % 60, at, b"tx" if way in ">=" else b"rx"))
        rows = (data[start : start + 16] for start in range(0, len(data), 16))
        out += [b" " * 35 + row.hex(" ").encode().ljust(49) + b"|" + row.translate(_SHOWN) + b"|\n" for row in rows]
    return b"".join(out)


_SHOWN = bytes(code if 32 <= code < 127 else 46 for code in range(256))


LOGGERS: dict[str, Callable[[list[Event]], bytes]] = {
    "echo": _echoed,
    "no ctrl-z": _no_echo_of_ctrl_z,
    "arduino": _arduino,
    "tagged": _tagged,
    "arrows": _arrows,
    "modem manager": _modem_manager,
    "particle": _particle,
    "python": _python,
    "hexdump": _hexdump,
    "table": _table,
    "reports": _with_reports,
    "sscom": _sscom,
    "gsmmodem": _gsmmodem,
    "dumped": _dumped,
}
