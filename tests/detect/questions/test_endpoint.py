"""Known far ends: a name that is reached or named is one, a token or a topic only tells whose service is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.store import Store

TOKEN = "version=2018-10-31&res=products%2Fabc%2Fdevices%2Fdev1&et=1721630715&method=md5&sign=QUJD"
VENDOR = "China Mobile IoT (OneNET)"


@pytest.mark.parametrize("server", ["", "studio-mqtt.heclouds.com"])
def test_a_token_is_no_far_end(server: str, tmp_path: Path) -> None:
    log = tmp_path / "modem.log"
    start = f'AT+MIPSTART="{server}",1883\r\n\r\nOK\r\n' if server else ""
    log.write_text(f'AT+MCONFIG="dev1","abc","{TOKEN}"\r\n\r\nOK\r\n{start}AT+MCONNECT=1,120\r\n\r\nOK\r\n')
    scan([log], tmp_path / "m.db", Plan(jobs=1))
    with Store(tmp_path / "m.db") as store:
        names = [row["name"] for row in store.query("SELECT name FROM endpoints")]
        found = store.query("SELECT title, subject FROM findings WHERE kind = 'endpoint' ORDER BY title")
    assert names == ([server] if server else [])
    assert {"title": f"{VENDOR} cloud (MQTT)", "subject": VENDOR} in found
    assert len(found) == 1 + bool(server)
