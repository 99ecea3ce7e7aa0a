"""What is observed: the word that a decoder or a reader of files writes and a detector, report or signature reads."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Kinds of observations, as the column ``observations.kind`` holds them."""

    # Identity numbers and names of devices, cards and cars.
    IMEI = "imei"
    IMEISV = "imeisv"
    IMSI = "imsi"
    ICCID = "iccid"
    EID = "eid"
    VIN = "vin"
    MSISDN = "msisdn"
    MEID = "meid"
    PLATE = "plate"
    DEVICE_ID = "device.id"
    DEVICE_SERIAL = "device.serial"
    TERMINAL_PHONE = "terminal.phone"
    TERMINAL_SERIAL = "terminal.serial"
    TERMINAL_OBJECT = "terminal.object"
    TERMINAL_USER = "terminal.user"
    PHONE = "phone"
    ADDRESS = "address"
    REMOTE_ID_OPERATOR = "remote-id.operator"
    OUI = "oui"
    # What a modem, its host and its card say.
    AT_COMMAND = "at.command"
    AT_ANSWER = "at.answer"
    AT_SERVER = "at.server"
    MODULE_VENDOR = "module.vendor"
    MODULE_MODEL = "module.model"
    MODULE_FIRMWARE = "module.firmware"
    MODEM_CELLULAR = "modem.cellular"
    OPERATOR = "operator"
    APN = "apn"
    SIM = "sim"
    CELL = "cell"
    CELL_SERVING = "cell.serving"
    PCI_ID = "pci.id"
    # USB.
    USB_ID = "usb.id"
    USB_STRING = "usb.string"
    USB_NAME = "usb.name"
    USB_CONFIGURATION = "usb.configuration"
    USB_INTERFACE = "usb.interface"
    USB_SERIAL = "usb.serial"
    USB_PORT = "usb.port"
    USB_NETWORK = "usb.network"
    # Names asked for and announced.
    DNS_QUERY = "dns.query"
    DNS_ANSWER = "dns.answer"
    MDNS_QUERY = "mdns.query"
    MDNS_ANSWER = "mdns.answer"
    LLMNR_QUERY = "llmnr.query"
    LLMNR_ANSWER = "llmnr.answer"
    NBNS_QUERY = "nbns.query"
    NBNS_ANSWER = "nbns.answer"
    # Encrypted conversations.
    TLS_SNI = "tls.sni"
    TLS_ALPN = "tls.alpn"
    TLS_JA4 = "tls.ja4"
    TLS_CERTIFICATE = "tls.certificate"
    DTLS_SNI = "dtls.sni"
    DTLS_ALPN = "dtls.alpn"
    DTLS_JA4 = "dtls.ja4"
    SSH_BANNER = "ssh.banner"
    # HTTP and RTSP.
    HTTP_HOST = "http.host"
    HTTP_URL = "http.url"
    HTTP_AGENT = "http.agent"
    HTTP_SERVER = "http.server"
    HTTP_POWERED_BY = "http.powered-by"
    HTTP_VIA = "http.via"
    HTTP_REFERER = "http.referer"
    HTTP_CONTACT = "http.contact"
    HTTP_FROM = "http.from"
    HTTP_IDENTITY = "http.identity"
    HTTP_REALM = "http.realm"
    HTTP_USER = "http.user"
    HTTP_UPGRADE = "http.upgrade"
    # SIP.
    SIP_HOST = "sip.host"
    SIP_URL = "sip.url"
    SIP_AGENT = "sip.agent"
    SIP_SERVER = "sip.server"
    SIP_POWERED_BY = "sip.powered-by"
    SIP_VIA = "sip.via"
    SIP_REFERER = "sip.referer"
    SIP_CONTACT = "sip.contact"
    SIP_FROM = "sip.from"
    SIP_IDENTITY = "sip.identity"
    SIP_REALM = "sip.realm"
    SIP_USER = "sip.user"
    # Other protocols.
    DHCP_MAC = "dhcp.mac"
    DHCP_HOSTNAME = "dhcp.hostname"
    DHCP_VENDOR = "dhcp.vendor"
    DHCP_FQDN = "dhcp.fqdn"
    DHCP_PARAMS = "dhcp.params"
    SSDP_SERVER = "ssdp.server"
    SSDP_USN = "ssdp.usn"
    SSDP_LOCATION = "ssdp.location"
    SSDP_TYPE = "ssdp.type"
    SSDP_AGENT = "ssdp.agent"
    SYSLOG_APP = "syslog.app"
    SYSLOG_HOST = "syslog.host"
    MQTT_CLIENT = "mqtt.client"
    MQTT_USER = "mqtt.user"
    MQTT_TOPIC = "mqtt.topic"
    COAP_URL = "coap.url"
    LWM2M_ENDPOINT = "lwm2m.endpoint"
    SUPL_IMSI = "supl.imsi"
    SUPL_MSISDN = "supl.msisdn"
    SUPL_MESSAGE = "supl.message"
    VENDOR_PROTOCOL = "vendor.protocol"
    # Trackers and satellite receivers.
    DIALECT = "dialect"
    TRACKER_COMMAND = "tracker.command"
    GNSS_ASSISTANCE = "gnss.assistance"
    NMEA_PROPRIETARY = "nmea.proprietary"
    NMEA_TEXT = "nmea.text"
    NMEA_LABEL = "nmea.label"
    GPSD_VERSION = "gpsd.version"
    GPSD_DEVICE = "gpsd.device"
    # Files of an image.
    TEXT = "text"
    TEXT_URL = "text.url"
    FILE_HOST = "file.host"
    FILE_TOPIC = "file.topic"
    FILE_AGENT = "file.agent"
    CREDENTIAL = "credential"
    CERTIFICATE = "certificate"
    KEY_PRIVATE = "key.private"
    COMPONENT = "component"
    ELF = "elf"
    PROGRAM_IDENTITY = "program.identity"
    PROGRAM_POSITION = "program.position"
    PROGRAM_NETWORK = "program.network"
    PROGRAM_USES = "program.uses"
    DIALECT_CONSTANT = "dialect.constant"


FOR_LATER: frozenset[Kind] = frozenset({
    Kind.CELL, Kind.CELL_SERVING, Kind.PCI_ID, Kind.SIM, Kind.DEVICE_SERIAL, Kind.PLATE, Kind.TERMINAL_OBJECT,
    Kind.TERMINAL_SERIAL, Kind.TERMINAL_USER, Kind.ADDRESS, Kind.REMOTE_ID_OPERATOR, Kind.USB_CONFIGURATION,
    Kind.USB_INTERFACE, Kind.USB_NETWORK, Kind.MDNS_QUERY, Kind.LLMNR_QUERY, Kind.LLMNR_ANSWER, Kind.NBNS_QUERY,
    Kind.NBNS_ANSWER, Kind.TLS_ALPN, Kind.DTLS_ALPN, Kind.DTLS_JA4, Kind.SSH_BANNER, Kind.HTTP_POWERED_BY, Kind.HTTP_VIA,
    Kind.HTTP_REFERER, Kind.HTTP_CONTACT, Kind.HTTP_FROM, Kind.HTTP_IDENTITY, Kind.HTTP_USER, Kind.SIP_HOST, Kind.SIP_URL,
    Kind.SIP_SERVER, Kind.SIP_POWERED_BY, Kind.SIP_VIA, Kind.SIP_REFERER, Kind.SIP_CONTACT, Kind.SIP_FROM,
    Kind.SIP_IDENTITY, Kind.SIP_REALM, Kind.SIP_USER, Kind.DHCP_MAC, Kind.DHCP_FQDN, Kind.DHCP_PARAMS, Kind.SSDP_SERVER,
    Kind.SSDP_USN, Kind.SSDP_LOCATION, Kind.SSDP_TYPE, Kind.SYSLOG_APP, Kind.SYSLOG_HOST, Kind.COAP_URL, Kind.SUPL_IMSI,
    Kind.SUPL_MSISDN, Kind.GPSD_VERSION, Kind.GPSD_DEVICE,
})  # fmt: skip
"""Stored for later: nothing looks for these yet, and signatures to come can judge old sweeps by them."""
