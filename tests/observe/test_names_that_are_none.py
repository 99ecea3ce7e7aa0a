"""Words that look like a module or a far end and are none: names of files in scripts, tokens, ids and topics in AT commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.store import Store
from tests.tars import make_tar

SCRIPTS = {
    "a name of a file": b"#!/bin/sh\nFW=EC25EFAR06A06M4G.zip\n",
    "a path": b"#!/bin/sh\n./QFirehose -f /tmp/EC25EFAR06A06M4G\n",
    "an address": b"#!/bin/sh\nwget http://192.0.2.1/LE20B04SIM7600G22 -O /tmp/fw\n",
    "a setting": b"modem_fw=/lib/firmware/EG25GGBR07A08M2G.bin\nmode=lte\n",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_name_of_a_file_in_a_script_is_no_module(name: str, tmp_path: Path) -> None:
    image = make_tar(tmp_path / "fw.tar", {"etc/update.sh": SCRIPTS[name]})
    assert _told(image, "SELECT model FROM modules WHERE role = 'module'") == []


def test_a_version_in_a_file_of_its_own_is_one(tmp_path: Path) -> None:
    image = make_tar(tmp_path / "fw.tar", {"etc/modem_version": b"EC25EFAR06A06M4G\n", "etc/motd": b"update 1.zip\n"})
    assert _told(image, "SELECT model FROM modules WHERE role = 'module'") == [{"model": "EC25"}]


COMMANDS = (
    'AT+QMTCONN=0,"unit.seven","user.name&a1bC2d3.prod","hmacsha1.abcdef"',
    'AT+QMTCFG="aliauth",0,"a1Product","device.one","secret.two"',
    'AT+QMTPUB=0,0,0,0,"vehicle.position"',
    'AT+UMQTT=4,"user.one","word.two"',
    'AT+SMCONF="CLIENTID","unit.seven"',
    'AT+HTTPPARA="UA","agent.one"',
    'AT+QFUPL="cert.server",1200',
    'AT+CMQTTACCQ=0,"unit.seven"',
)


@pytest.mark.parametrize("command", COMMANDS)
def test_ids_tokens_and_topics_are_no_far_end(command: str, tmp_path: Path) -> None:
    log = tmp_path / "at.log"
    log.write_text(
        f'{command}\r\nOK\r\nAT+QMTOPEN=0,"mqtt.example-tsp.cn",1883\r\nOK\r\nAT+UMQTT=2,"mqtt.example-tsp.cn",1883\r\nOK\r\n'
    )
    assert _told(log, "SELECT name FROM endpoints") == [{"name": "mqtt.example-tsp.cn"}]


def _told(source: Path, question: str) -> list[dict[str, object]]:
    database = source.with_suffix(".db")
    scan([source], database, Plan(jobs=1))
    with Store(database, create=False) as store:
        return store.query(question)
