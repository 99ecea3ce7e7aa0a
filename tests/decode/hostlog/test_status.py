"""What routers and hosts print of their modem, from the text to the table of modules."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.batch.scan import Plan, scan
from iotwatch.decode.hostlog import HOST_LOG, status
from iotwatch.read.stream import from_bytes
from iotwatch.store import Store

IMEI = "356832081234573"
LISTINGS = {
    # name: the listing; maker, model, firmware, IMEI
    "netsh": (
        "There is 1 interface on the system:\n\n    Name                   : Cellular\n    Cellular class         : GSM\n"
        f"    Device Id              : {IMEI}\n    Manufacturer           : Sierra Wireless, Incorporated\n"
        "    Model                  : EM7455\n    Firmware Version       : SWI9X30C_02.24.05.06\n",
        ("Sierra Wireless", "EM7455", "SWI9X30C_02.24.05.06", IMEI)),
    "RouterOS": (
        "[admin@MikroTik] > /interface lte info lte1 once\n      registration-status: registered\n"
        '             manufacturer: "MikroTik"\n                    model: "R11e-LTE6"\n'
        '                 revision: "R11e-LTE6_V018"\n'
        f"         current-operator: Example\n                     imei: {IMEI}\n",
        ("MikroTik", "R11e-LTE6", "R11e-LTE6_V018", IMEI)),
    "Cisco IOS": (
        "Router#show cellular 0/0/0 hardware\nModem Firmware Version = 19.16.4.00\nModem Firmware built =  2013/05/22\n"
        f"Hardware Version = 1.0\nInternational Mobile Equipment Identity (IMEI) = {IMEI}\nDevice Model ID = MC7710\n",
        ("Sierra Wireless", "MC7710", "19.16.4.00", IMEI)),
    "RUTOS": (
        f'{{\n  "cache": {{\n    "imei": "{IMEI}",\n    "manuf_id": "Quectel",\n    "model": "EC25",\n'
        '    "firmware": "EC25ECGAR06A05M1G",\n    "operator": "Example"\n  }\n}\n',
        ("Quectel", "EC25", "EC25ECGAR06A05M1G", IMEI)),
    "oFono": (
        "[ /quectel_0 ]\n    Powered = 1\n    Manufacturer = Quectel\n    Model = EC25\n    Revision = EC25EFAR06A06M4G\n"
        f"    Serial = {IMEI}\n",
        ("Quectel", "EC25", "EC25EFAR06A06M4G", IMEI)),
    "lsusb -v without its first line": (
        "Device Descriptor:\n  bLength                18\n  idVendor           0x05c6 Qualcomm, Inc.\n"
        "  idProduct          0x9025 Qualcomm HSUSB Device\n  bcdDevice            0.00\n"
        "  iManufacturer           1 Quectel, Incorporated\n  iProduct                2 Quectel EC20 LTE Module\n",
        ("Quectel", "EC20", "", "")),
    "lsusb -t": (
        "/:  Bus 01.Port 1: Dev 1, Class=root_hub, Driver=xhci-hcd/2p, 480M\n"
        "    |__ Port 2: Dev 4, If 0, Class=Vendor Specific Class, Driver=option, 480M\n"
        "    |__ Port 2: Dev 4, If 4, Class=Vendor Specific Class, Driver=qmi_wwan, 480M\n",
        ("", "", "", "")),
    "lsusb -t -v": (
        "/:  Bus 01.Port 1: Dev 1, Class=root_hub, Driver=xhci_hcd/4p, 480M\n    ID 1d6b:0002 Linux Foundation 2.0 root hub\n"
        "    |__ Port 3: Dev 4, If 0, Class=Vendor Specific Class, Driver=option, 480M\n"
        "        ID 2c7c:0512 Quectel Wireless Solutions Co., Ltd. EG12-EA\n",
        ("Quectel", "EG12-EA", "", "")),
    "lsusb -v whose line of the product names it": (
        "Device Descriptor:\n  bLength                18\n  idVendor           0x2cb7 \n"
        "  idProduct          0x0104 Fibocom NL668-AM\n  iManufacturer           1 \n  iProduct                2 \n",
        ("Fibocom", "NL668-AM", "", "")),
    "a flashing tool": (
        "[10:11:12.123]QDloader Version: QDloader_Linux&Android_V1.0\n[10:11:12.220]idVendor=2C7C, idProduct=0901\n",
        ("Quectel", "EC200U", "", "")),
    "qmi-firmware-update": (
        "loading device information before the update...\noriginal firmware revision is:\n   SWI9X30C_02.20.03.00\n"
        "running firmware details:\n   Model: EM7455\n   Boot version: SWI9X30C_02.20.03.00\n"
        "   AMSS version: SWI9X30C_02.20.03.00\n",
        ("Sierra Wireless", "EM7455", "SWI9X30C_02.20.03.00", "")),
    "mmcli -J": (
        '{"modem":{"3gpp":{"imei":"356832081234573","operator-code":"26201"},"generic":{"manufacturer":"QUALCOMM INCORPORATED",'
        '"model":"QUECTEL Mobile Broadband Module","revision":"EG25GGBR07A08M2G","equipment-identifier":"356832081234573"}}}\n',
        ("Quectel", "EG25", "EG25GGBR07A08M2G", IMEI)),
    "RUTOS, gsmctl": (
        "root@router:~# gsmctl -w\nQuectel\nroot@router:~# gsmctl -m\nEG06\nroot@router:~# gsmctl -y\nEG06ELAR04A05M4G\n"
        f"root@router:~# gsmctl -i\n{IMEI}\n",
        ("Quectel", "EG06", "EG06ELAR04A05M4G", IMEI)),
    "RUTOS, ubus call gsm.modem0 info": (
        f'{{\n\t"mctl_info": {{\n\t}},\n\t"imei": "{IMEI}",\n\t"model": "EC25",\n\t"manuf": "Quectel",\n'
        '\t"firmware": "EC25EFAR06A06M4G"\n}\n',
        ("Quectel", "EC25", "EC25EFAR06A06M4G", IMEI)),
    "OpenWrt, uqmi": (
        f'# uqmi -d /dev/cdc-wdm0 --get-imei\n"{IMEI}"\n# uqmi -d /dev/cdc-wdm0 --get-iccid\n"89490200001234567894"\n',
        ("", "", "", IMEI)),
    "OpenWrt, umbim": (
        f"  devicetype: 0001 - embedded\n  deviceid: {IMEI}\n  fwinfo: SWI9X30C_02.24.05.06\n  hwinfo: EM7455\n",
        ("Sierra Wireless", "EM7455", "SWI9X30C_02.24.05.06", IMEI)),
    "OpenWrt, logread of ModemManager": (
        "Thu Apr  8 09:12:01 2021 daemon.info [3126]: <info>  [device /sys/devices/usb1/1-1] creating modem with plugin 'quectel'"
        " and '5' ports\nThu Apr  8 09:12:05 2021 daemon.info [3126]: <info>  [modem0] state changed (unknown -> locked)\n",
        ("Quectel", "", "", "")),
    "QFirehose": (
        "[000.000]: Version: QFirehose_Linux_Android_V1.4.9\n"
        "[001.300]: P: /dev/bus/usb/001/004 idVendor=2c7c idProduct=0125\n",
        ("Quectel", "", "", "")),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTINGS)
def test_one_module_with_what_is_said_of_it(name: str, tmp_path: Path) -> None:
    text, wanted = LISTINGS[name]
    (tmp_path / "status.txt").write_text(text)
    scan([tmp_path / "status.txt"], tmp_path / "m.db", Plan(jobs=1))
    with Store(tmp_path / "m.db") as store:
        rows = store.query("SELECT vendor, model, firmware_version, imei FROM modules WHERE role = 'module'")
    assert [tuple(row.values()) for row in rows] == [wanted]


@pytest.mark.parametrize(
    "text",
    [
        "Manufacturer = Dell\nModel = XPS\nRevision = 3\n",
        "/:  Bus 02.Port 1: Dev 1, Class=root_hub, Driver=xhci_hcd/4p\n"
        "    |__ Port 1: Dev 2, If 0, Class=Hub, Driver=hub/4p, 5000M\n",
    ],
)
def test_other_listings_name_no_modem(text: str) -> None:
    assert not [trait for one in HOST_LOG.messages(from_bytes(text.encode(), kind="text")) for trait in one.traits]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(['"manuf_id": ', "imei: ", "registration-status:", " ", ":", "=", '"', "\n", "x" * 70]))
)
def test_any_lines_end(words: list[str]) -> None:
    text = "".join(words)
    assert all(0 <= trait.span[0] <= trait.span[1] <= len(text) for trait in status.statements(text))
    list(status.covered(text))
