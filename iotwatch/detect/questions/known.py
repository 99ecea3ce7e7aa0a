"""Open-source programs that hold location, identity or network code for everybody who uses them.

That such a program is in an image says what could be done with it; what it does is decided by whoever starts and
configures it. They are known by name alone, which can be borrowed: every finding that was lowered for it says so.
Source: the projects' own file lists as Debian 12 and OpenWrt package them.
"""

from __future__ import annotations

import re

# Project -> pattern of the file's own name (without folder), or of its folder where the project has one of its own.
_FILES: tuple[tuple[str, str], ...] = (
    ("ModemManager", r"ModemManager|mmcli|libmm-(?:plugin|shared|glib|test)[\w.-]*"),
    ("libqmi", r"libqmi-glib[\w.-]*|libqrtr-glib[\w.-]*|qmicli|qmi-proxy|qmi-network|qmi-firmware-update"),
    ("libmbim", r"libmbim-glib[\w.-]*|mbimcli|mbim-proxy|mbim-network"),
    (
        "gpsd",
        r"gpsd|gpsdctl|gpsctl|gpspipe|gpsmon|gpscat|gpscsv|gpsrinex|gpssnmp|cgps|xgps|lcdgps|gps2udp|gpsdecode|gpxlogger"
        r"|ntpshmmon|ppscheck|gpsfake|zerk|gegps|gpsplot|gpssubframe|gpsprof|ubxtool|xgpsspeed|libgps[\w.-]*|libQgpsmm[\w.-]*",
    ),
    ("oFono", r"ofonod|ofono[\w.-]*"),
    ("curl", r"curl|libcurl[\w.-]*"),
    ("wget", r"wget2?|uclient-fetch"),
    ("wpa_supplicant", r"wpa_supplicant|wpa_cli|wpad[\w-]*|hostapd|hostapd_cli|eapol_test|libeap[\w.-]*"),
    ("busybox", r"busybox[\w.-]*|toybox|toolbox"),
    ("mosquitto", r"mosquitto[\w-]*|libmosquitto[\w.-]*"),
    ("chrony", r"chronyd|chronyc"),
    ("ntp", r"ntpd|ntpdate|sntp"),
    ("NetworkManager", r"NetworkManager|nmcli|nmtui[\w-]*|nm-[\w-]+|libnm[\w.-]*"),
    ("ppp", r"pppd|chat|pppoe[\w-]*|pppstats"),
    ("GeoClue", r"geoclue|libgeoclue[\w.-]*"),
    ("BlueZ", r"bluetoothd|bluetoothctl|btmon|hcitool|hciconfig|libbluetooth[\w.-]*"),
    ("OpenSSL", r"openssl|libssl[\w.-]*|libcrypto[\w.-]*"),
    ("GnuTLS", r"libgnutls[\w.-]*"),
    ("mbed TLS", r"libmbed(?:tls|crypto|x509)[\w.-]*"),
    (
        "systemd",
        r"systemd[\w-]*|(?:system|journal|login|bus|coredump|network|resolve|timedate)ctl|udevadm|lib(?:systemd|nss_)[\w.-]*",
    ),
    ("Python", r"python[0-9.]*|libpython[\w.-]*"),
    ("Perl", r"perl[0-9.]*|libperl[\w.-]*"),
    ("GLib", r"libg(?:lib|io|object|module|thread)-[\w.-]*|gdbus|gio"),
    ("OpenSSH", r"ssh|sshd|scp|sftp|ssh-[\w-]+"),
    ("dropbear", r"dropbear[\w]*|dbclient"),
    ("dnsmasq", r"dnsmasq"),
    ("tcpdump", r"tcpdump|libpcap[\w.-]*"),
    ("socat", r"socat|procan|filan|netcat|nc"),
    ("usb_modeswitch", r"usb_modeswitch[\w]*"),
    ("OpenWrt modem tools", r"uqmi|umbim|comgt|sms_tool|gcom|3g_modem"),
    ("minicom", r"minicom|picocom|screen"),
    ("Avahi", r"avahi-[\w-]+|libavahi[\w.-]*"),
    ("SQLite", r"sqlite3|libsqlite3[\w.-]*"),
    ("Vim", r"vim?[\w.-]*"),
    ("C library", r"libc[.-][\w.-]*|libresolv[\w.-]*|ld-[\w.-]*|libc\.so[\w.]*"),
)
_FOLDERS: tuple[tuple[str, str], ...] = (
    ("Python", r"(?:^|[/!])python[23](?:\.[0-9]+)?/"),
    ("Perl", r"(?:^|[/!])perl[0-9-]*[\w]*/"),
    ("Node.js", r"(?:^|[/!])node_modules/"),
    ("ModemManager", r"(?:^|[/!])ModemManager/"),
    ("usb_modeswitch", r"(?:^|[/!])usb_modeswitch[\w.]*/"),
    ("systemd", r"(?:^|[/!])systemd/"),
    ("GeoClue", r"(?:^|[/!])geoclue[\w.-]*/"),
)
# A container that uses a name twice: the second is told by this.
_AGAIN = re.compile(r"~[0-9]{1,4}$")
_BY_FILE = tuple((project, re.compile(rf"(?:{pattern})$")) for project, pattern in _FILES)
_BY_FOLDER = tuple((project, re.compile(pattern)) for project, pattern in _FOLDERS)


def project_of(path: str) -> str:
    """The open-source project that a file belongs to by its name or folder; empty for none that is known here."""
    name = _AGAIN.sub("", path.rpartition("!")[2].rpartition("/")[2])
    for project, pattern in _BY_FILE:
        if pattern.match(name):
            return project
    return next((project for project, pattern in _BY_FOLDER if pattern.search(path)), "")
