"""Logs of hosts: kernel messages in several dresses, listings of USB devices, modem software."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iotwatch.decode.hostlog import HOST_LOG
from iotwatch.read.stream import from_bytes

KERNEL = [
    "usb 1-1.3: new high-speed USB device number 4 using xhci_hcd",
    "usb 1-1.3: New USB device found, idVendor=2c7c, idProduct=0125, bcdDevice= 3.18",
    "usb 1-1.3: New USB device strings: Mfr=1, Product=2, SerialNumber=3",
    "usb 1-1.3: Product: EC25-AF",
    "usb 1-1.3: Manufacturer: Quectel",
    "usb 1-1.3: SerialNumber: 869710030002905",
    "option 1-1.3:1.2: GSM modem (1-port) converter detected",
    "usb 1-1.3: GSM modem (1-port) converter now attached to ttyUSB2",
    "qmi_wwan 1-1.3:1.4: cdc-wdm0: USB WDM device",
]
DRESSES = {
    "bare": lambda lines: "\n".join(lines),
    "dmesg": lambda lines: "\n".join(f"[{index + 3:5}.{index:06}] {line}" for index, line in enumerate(lines)),
    "syslog": lambda lines: "\n".join(f"Nov 22 10:11:12 gateway kernel: {line}" for line in lines),
    "journal": lambda lines: "\n".join(f"nov. 22 10:11:12.123456 gateway kernel: {line}" for line in lines),
    "both stamps": lambda lines: "\n".join(
        f"Nov 22 10:11:12 gw kernel: [  12.{index:06}] {line}" for index, line in enumerate(lines)
    ),
    "iso": lambda lines: "\n".join(f"2026-11-22T10:11:12.123456+00:00 gw kernel: {line}" for line in lines),
    "comment": lambda lines: "\n".join(f"# Nov 22 10:11:12 gateway kernel: {line}" for line in lines),
    "quoted": lambda lines: "\n".join(f"> [    3.{index:06}] {line}" for index, line in enumerate(lines)),
    "angle": lambda lines: "\n".join(
        f"[  3.{index:06}] {line.replace(': ', ': >', 1)}" for index, line in enumerate(lines)
    ),
    "indented": lambda lines: "\n".join(f"\t[    3.{index:06}] {line}" for index, line in enumerate(lines)),
}


def said(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for message in HOST_LOG.messages(from_bytes(text.encode(), kind="text")):
        for trait in message.traits:
            found.setdefault(trait.kind, []).append(trait.value)
    return found


@pytest.mark.parametrize("dress", DRESSES)
def test_kernel_messages(dress: str) -> None:
    text = DRESSES[dress](KERNEL) + "\n"
    assert HOST_LOG.claims(text.encode(), None)
    found = said(text)
    assert found["usb.id"] == ["2c7c:0125"]
    assert found["usb.string"] == ["Quectel", "EC25-AF"]
    assert found["imei"] == ["869710030002905"]
    assert found["usb.port"] == ["ttyUSB2"]
    assert found["modem.cellular"]


def test_lines_that_a_mail_program_wrapped() -> None:
    text = (
        "Aug  7 17:59:55 localhost kernel: usb 2-1.4: New USB device found,\nidVendor=12d1, idProduct=1f1c, bcdDevice= 1.02\n"
        "Aug  7 17:59:55 localhost kernel: usb 2-1.4: GSM modem (1-port) converter\nnow attached to ttyUSB0\n"
    )
    found = said(text)
    assert found["usb.id"] == ["12d1:1f1c"]
    assert found["usb.port"] == ["ttyUSB0"]


def test_devices_are_kept_apart_by_port_and_by_maker() -> None:
    text = (
        "usb 1-1: New USB device found, idVendor=12d1, idProduct=1446\nusb 1-1: Product: HUAWEI Mobile\n"
        "usb 1-2: New USB device found, idVendor=046d, idProduct=c52b\nusb 1-2: Product: USB Receiver\n"
        "usb 1-1: New USB device found, idVendor=12d1, idProduct=1506\nusb 1-1: Product: HUAWEI Mobile\n"
    )
    messages = [message for message in HOST_LOG.messages(from_bytes(text.encode(), kind="text")) if message.traits]
    assert {message.stream.context["device"]: message.traits[0].value for message in messages} == {
        "usb:1-1": "12d1:1446",
        "usb:1-2": "046d:c52b",
        "usb:1-1~2": "12d1:1506",
    }


def test_lsusb() -> None:
    found = said(
        "Bus 001 Device 003: ID 2c7c:0125 Quectel Wireless Solutions Co., Ltd. EC25 LTE modem\nBus 001 Device 001: ID 1d6b:0002\n"
    )
    assert found["usb.id"] == ["2c7c:0125", "1d6b:0002"]
    assert found["usb.name"] == ["Quectel Wireless Solutions Co., Ltd. EC25 LTE modem"]


VERBOSE = """Bus 002 Device 085: ID 2cb7:01a4 Fibocom Wireless Inc. Fibocom FM101-GL Module
Device Descriptor:
  bLength                18
  idVendor           0x2cb7
  idProduct          0x01a4
  iManufacturer           1 Fibocom Wireless Inc.
  iProduct                2 Fibocom FM101-GL Module
  iSerial                 3 (error)
  Configuration Descriptor:
    iConfiguration          4 MBIM_DIAG_DUN_ADB_GNSS_GNSS
    Interface Descriptor:
      bInterfaceNumber        0
      bInterfaceClass         2 Communications
      bInterfaceSubClass     14
      bInterfaceProtocol      0
      iInterface              5 Fibocom FM101-GL LTE Modem
    Interface Descriptor:
      bInterfaceNumber        2
      bInterfaceClass       255 Vendor Specific Class
      bInterfaceSubClass    255 Vendor Specific Subclass
      bInterfaceProtocol     48
      iInterface              0
"""


@pytest.mark.parametrize("indent", ["", "  ", "\t"])
def test_lsusb_verbose(indent: str) -> None:
    found = said("".join(indent + line + "\n" for line in VERBOSE.splitlines()))
    assert found["usb.id"] == ["2cb7:01a4"]
    assert found["usb.string"] == ["Fibocom Wireless Inc.", "Fibocom FM101-GL Module"]
    assert "usb.serial" not in found
    assert [text.split()[2] for text in found["usb.interface"]] == ["MBIM", "DIAG"]
    assert found["modem.cellular"] == ["MBIM interface"]


USB_DEVICES = """T:  Bus=02 Lev=01 Prnt=01 Port=05 Cnt=01 Dev#=  4 Spd=480  MxCh= 0
D:  Ver= 2.10 Cls=ef(misc ) Sub=02 Prot=01 MxPS=64 #Cfgs=  1
P:  Vendor=413c ProdID=8217 Rev= 5.04
S:  Manufacturer=DELL
S:  Product=COMPAL Electronics EXM-G1A
S:  SerialNumber=359302941327261
C:* #Ifs= 6 Cfg#= 1 Atr=a0 MxPwr=500mA
I:* If#= 0 Alt= 0 #EPs= 2 Cls=ff(vend.) Sub=ff Prot=30 Driver=qcserial
E:  Ad=01(O) Atr=02(Bulk) MxPS= 512 Ivl=0ms
I:  If#=0x5 Alt= 1 #EPs= 2 Cls=0a(data ) Sub=00 Prot=02 Driver=(none)
"""


def test_usb_devices() -> None:
    text = USB_DEVICES + "\n" + USB_DEVICES.replace("413c", "1d6b").replace("Dev#=  4", "Dev#=  1")
    found = said(text)
    assert found["usb.id"] == ["413c:8217", "1d6b:8217"]
    assert found["imei"][0] == "359302941327261"
    assert found["usb.interface"][0] == "0: ff/ff/30 DIAG qcserial"
    assert found["modem.cellular"][0] == "driver qcserial"


def test_windows_setup_log() -> None:
    text = (
        ">>>  [Device Install (Hardware initiated) - USB\\VID_2C7C&PID_0125&MI_02\\6&2f1bd6b4&0&0002]\n"
        "     dvi:           Device Description: Quectel USB AT Port\n"
        ">>>  [Device Install - USB\\VID_2C7C&PID_0125\\0123456789ABCDEF]\n"
    )
    found = said(text)
    assert found["usb.id"] == ["2c7c:0125"]
    assert found["usb.string"] == ["Quectel USB AT Port"]
    assert found["usb.serial"] == ["0123456789ABCDEF"]


MMCLI = """  -----------------------------------
  General  |                    path: /org/freedesktop/ModemManager1/Modem/0
  -----------------------------------
  Hardware |            manufacturer: QUALCOMM INCORPORATED
           |                   model: QUECTEL Mobile Broadband Module
           |       firmware revision: EG25GGBR07A08M2G
           |            equipment id: 869710030002905
  System   |                  plugin: quectel
  3GPP     |             operator id: 26201
"""
KEY_VALUE = """modem.generic.manufacturer                 : QUALCOMM INCORPORATED
modem.generic.model                        : QUECTEL Mobile Broadband Module
modem.generic.revision                     : EG25GGBR07A08M2G
modem.generic.equipment-identifier         : 869710030002905
modem.generic.plugin                       : quectel
modem.3gpp.operator-code                   : 26201
"""


@pytest.mark.parametrize("text", [MMCLI, KEY_VALUE, "\t" + MMCLI.replace("\n", "\n\t")])
def test_mmcli(text: str) -> None:
    found = said(text)
    assert found["module.vendor"] == ["QUALCOMM INCORPORATED", "quectel"]
    assert found["module.model"] == ["QUECTEL Mobile Broadband Module"]
    assert found["module.firmware"] == ["EG25GGBR07A08M2G"]
    assert found["imei"] == ["869710030002905"]
    assert found["operator"] == ["26201"]


def test_words_in_utf8_are_decoded_once() -> None:
    log = MMCLI.replace("operator id: 26201", "operator name: Türk Telekom")
    assert said(log)["operator"] == ["Türk Telekom"]


def test_dialler_and_tools() -> None:
    found = said(
        "[04-13_05:24:39:656] requestBaseBandVersion EC25EFAR06A11M4G\n[04-13_05:24:39:656] DeviceId:     869710030002905\n"
        "[04-13_05:24:39:784] SimIccId:     89860012345678901239\n[04-13_05:24:39:800] requestGetProfile[1] cmnet///0\n"
    )
    assert found["module.firmware"] == ["EC25EFAR06A11M4G"]
    assert found["imei"] == ["869710030002905"]
    assert found["iccid"] == ["89860012345678901239"]
    assert found["apn"] == ["cmnet"]
    tools = said("\tManufacturer: 'QUALCOMM INCORPORATED'\n\tModel: 'EC25'\n\tIMEI: '869710030002905'\n")
    assert tools["imei"] == ["869710030002905"]


def test_list_of_loaded_plugins_names_nobody() -> None:
    text = "ModemManager[1]: <debug> [plugin manager] loaded plugin 'ZTE' from 'libmm-plugin-zte.so'\nidVendor=0000\n"
    assert "module.vendor" not in said(text)


def test_modules_on_pci_express() -> None:
    found = said("[    8.1] mhi-pci-generic 0000:01:00.0: MHI PCI device found: quectel-em120\n")
    assert found["module.vendor"] == ["quectel-em120"]


@pytest.mark.parametrize("text", ["a note about usb and modems\n", "Product: 5 apples\nManufacturer: nobody\n", "\n\n"])
def test_other_texts_are_not_claimed(text: str) -> None:
    assert not HOST_LOG.claims(text.encode(), None)


_PIECES = st.sampled_from(
    [*KERNEL, *VERBOSE.splitlines(), *USB_DEVICES.splitlines(), *MMCLI.splitlines(), "\x00\xff", "usb 1-1:"]
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=500), st.lists(_PIECES, max_size=40).map(lambda lines: "\n".join(lines).encode("utf-8"))
    )
)
def test_any_bytes_end(raw: bytes) -> None:
    HOST_LOG.claims(raw, None)
    for message in HOST_LOG.messages(from_bytes(raw, kind="text")):
        for item in (message, *message.traits):
            assert 0 <= item.span[0] <= item.span[1] <= max(len(raw), item.span[1] - 1)
