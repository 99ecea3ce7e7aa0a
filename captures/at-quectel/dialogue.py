"""A host asks a simulated module over a pty and prints every line it sends and hears with a time stamp."""

import os
import sys
import threading
import time
import tty
from datetime import datetime

REVISION = "EC25EFAR06A06M4G"
ANSWERS = {
    "AT": [],
    "ATI": ["Quectel", "EC25", f"Revision: {REVISION}", ""],
    "AT+CGMI": ["Quectel", ""],
    "AT+CGMM": ["EC25", ""],
    "AT+CGMR": [REVISION, ""],
    "AT+GSN": ["860000000000041", ""],
    "AT+CIMI": ["001010123456789", ""],
    "AT+CCID": ["+CCID: 89999010000000000013", ""],
    "AT+CREG?": ["+CREG: 0,1", ""],
    "AT+COPS?": ['+COPS: 0,0,"Test PLMN 1-1",7', ""],
    "AT+QGPS=1": [],
    "AT+QGPSLOC=0": ["+QGPSLOC: {clock},5412.8742N,06431.9308W,0.8,520.3,3,000.00,0.0,0.0,{date},09", ""],
    "AT+QGPSLOC=2": ["+QGPSLOC: {clock},54.21457,-64.53218,0.8,520.3,3,000.00,0.0,0.0,{date},09", ""],
    "AT+QGPSEND": [],
}


def answer(command: str) -> bytes:
    """What the module says: the echo, its lines, OK; an error for what it does not know."""
    now = time.gmtime()
    clock, date = time.strftime("%H%M%S.000", now), time.strftime("%d%m%y", now)
    if command not in ANSWERS:
        return f"{command}\r\r\n+CME ERROR: 58\r\n".encode()
    lines = [line.format(clock=clock, date=date) for line in ANSWERS[command]]
    return f"{command}\r\r\n{''.join(line + chr(13) + chr(10) for line in lines)}OK\r\n".encode()


def module(port: int) -> None:
    """Read commands that end in CR and answer them until the host closes the line."""
    pending = b""
    while True:
        try:
            pending += os.read(port, 256)
        except OSError:  # Linux says EIO when the other end of a pty is closed
            return
        while b"\r" in pending:
            command, pending = pending.split(b"\r", 1)
            time.sleep(0.02)
            os.write(port, answer(command.decode().strip()))


def log(text: str) -> None:
    sys.stdout.write(f"[{datetime.now():%H:%M:%S:%f}"[:-3] + f"] {text}\n")


def ask(port: int, command: str) -> None:
    """Send one command and log all lines up to the final one."""
    os.write(port, command.encode() + b"\r")
    heard = b""
    while not heard.endswith((b"\r\nOK\r\n", b": 58\r\n")):
        heard += os.read(port, 256)
    for line in heard.decode().splitlines():
        if line:
            log(line)


def main() -> None:
    module_end, host_end = os.openpty()
    tty.setraw(host_end)
    threading.Thread(target=module, args=(module_end,), daemon=True).start()
    for command in ("AT", "ATI", "AT+CGMI", "AT+CGMM", "AT+CGMR", "AT+GSN", "AT+CIMI", "AT+CCID", "AT+CREG?", "AT+COPS?",
                    "AT+QGPS=1", "AT+QGPSLOC=0", "AT+QGPSLOC=2", "AT+QGPSLOC=9", "AT+QGPSEND"):  # fmt: skip
        ask(host_end, command)
        time.sleep(0.1)


main()
