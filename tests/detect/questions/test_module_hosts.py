"""Programs and libraries that drive a modem from outside are told as host software, never as a module."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.talks import scan, told
from tests.tars import make_tar

# What stands in the packages of Debian bookworm, PyPI and npm.
PROGRAMS = {
    "usb_modeswitch": ("usr/sbin/usb_modeswitch", b"\0 * usb_modeswitch: handle USB devices with multiple modes\0"),
    "WvDial": ("etc/wvdial.conf", b"[Dialer Defaults]\nInit1 = ATZ\nModem = /dev/ttyUSB2\n"),
    "Gammu": ("usr/bin/gammu", b"\0libGammu.so.8\0GSM_InitConnection\0"),
    "Gnokii": ("usr/bin/gnokii", b"\0libgnokii.so.6\0gn_gsm_initialise\0"),
    "SMS Server Tools 3": ("usr/sbin/smsd", b"\0Smsd mainprocess terminated because of the fork() failure.\0"),
    "comgt": ("usr/bin/comgt", b"\0comgt version %s Copyright Paul Hardwick (c) %s\0"),
    "python-gsmmodem": (
        "opt/send.py",
        b"from gsmmodem.modem import GsmModem\n\nGsmModem('/dev/ttyUSB2', 115200).connect()\n",
    ),
    "serialport-gsm": ("opt/send.js", b"const gsm = require('serialport-gsm')\nlet modem = gsm.Modem()\n"),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_is_a_host(name: str, tmp_path: Path) -> None:
    path, content = PROGRAMS[name]
    # A driver names what it drives.
    image = make_tar(tmp_path / "fw.tar", {path: content + b"AT+QGPS=1\0"})
    scan(tmp_path / "d.db", image)
    rows = told(tmp_path / "d.db", "module")
    assert {row["role"] for row in rows} == {"host"}
    assert name in {row["model"] for row in rows}
