"""The names that we read are those that tshark reads, on captures that nobody here made."""

from __future__ import annotations

import subprocess

import pytest

from iotwatch.decode import decode

PCAPS = (
    "benign/arkime__http-post-upload.pcap",
    "benign/arkime__tls-split-client-hello.pcap",
    "benign/ipfixprobe__http.pcap",
    "benign/ja4__browsers-x509.pcapng",
    "benign/nDPI__conncheck.pcap",
    "benign/nDPI__ocsp.pcapng",
    "benign/nDPI__imap-starttls.pcap",
    "benign/nDPI__smtp-starttls.pcap",
    "benign/nDPI__zattoo.pcap",
    "benign/nfstream__googledns_android10.pcap",
    "benign/nfstream__ssl-cert-name-mismatch.pcap",
    "benign/sensor-data__D-LinkCam__Setup-A-5-STA.pcap",
    "benign/sensor-data__HueBridge__Setup-C-1-STA.pcap",
    "benign/sensor-data__WeMoInsightSwitch__Setup-A-3-STA.pcap",
    "benign/sensor-data__WeMoSwitch2__Setup-C-5-STA.pcap",
    "benign/sensor-data__Withings__Setup-C-12-STA.pcap",
    "beacon/nDPI__malware.pcap",
    "beacon/nfstream__dns_exfiltration.pcap",
    "beacon/StratosphereLinuxIPS__test-cc-capture-2.pcap",
    "protocols/ja4__tls-non-ascii-alpn.pcapng",
    "protocols/nDPI__mqtt.pcap",
    "protocols/nfstream__dns_dot.pcap",
    "protocols/nfstream__mdns.pcap",
    "protocols/suricata-verify__mqtt311-unsub-qos1__input.pcap",
    "protocols/suricata-verify__mqtt5-pub-mosquittoprops__input.pcap",
    "protocols/suricata-verify__mqtt5-sub-customauth__input.pcap",
    "vendor/nfstream__weibo.pcap",
    "vendor/sensor-data__TP-LinkPlugHS110__Setup-A-1-STA.pcap",
)
FIELDS = {
    "dns.qry.name": ("dns.query", "mdns.query", "llmnr.query", "nbns.query"),
    "tls.handshake.extensions_server_name": ("tls.sni",),
    "http.host": ("http.host", "ssdp.host"),
    "http.user_agent": ("http.agent", "ssdp.agent"),
    "http.server": ("http.server", "ssdp.server"),
    "mqtt.topic": ("mqtt.topic",),
    "mqtt.clientid": ("mqtt.client",),
    "mqtt.willtopic": (),
    "dhcp.option.hostname": ("dhcp.hostname",),
}


def seen_by_tshark(tshark: str, path) -> dict[str, set[str]]:
    options = [option for field in FIELDS for option in ("-e", field)]
    layout = ["-T", "fields", "-E", "occurrence=a", "-E", "aggregator=\x1f", "-E", "separator=\x1e"]
    command = [tshark, "-n", "-r", str(path), *layout, *options]
    out = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    seen: dict[str, set[str]] = {field: set() for field in FIELDS}
    for line in out.split("\n"):
        for field, values in zip(FIELDS, line.split("\x1e"), strict=False):
            seen[field] |= {value.lower() for value in values.split("\x1f") if value}
    seen["mqtt.topic"] |= seen.pop("mqtt.willtopic")
    seen["dns.qry.name"].discard("<root>")
    seen["http.host"] = {
        host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host for host in seen["http.host"]
    }
    return seen


@pytest.mark.corpus
@pytest.mark.programs
@pytest.mark.parametrize("name", PCAPS)
def test_names_are_those_of_tshark(name, corpus, program, streams_of):
    path = corpus / "pcap" / name
    seen = seen_by_tshark(program("tshark"), path)
    ours: dict[str, set[str]] = {}
    questions: set[str] = set()
    for stream in streams_of(path):
        for message in decode(stream):
            questions.update(message.fields.get("names", []))
            for trait in message.traits:
                ours.setdefault(trait.kind, set()).add(trait.value.lower())
    for field in seen:
        kinds = FIELDS[field]
        mine = set().union(*(ours.get(kind, set()) for kind in kinds))
        theirs = seen[field]
        if field == "dns.qry.name":
            mine |= questions
            theirs = {value for value in theirs if "<" not in value}  # NetBIOS names are shown in a form of their own
            mine = {value for value in mine if value in theirs or not _netbios(value)}
        if field == "http.host":
            theirs = theirs - {"239.255.255.250"}  # SSDP's own
        assert mine - {""} == theirs, field


def _netbios(value: str) -> bool:
    return len(value) == 32 or value.isupper() or "." not in value
