"""How others call a piece of software: its package URL and its CPE name.

Sources: package-url/purl-spec (types deb, apk, generic; opkg is a candidate), NIST IR 7695 section 6.2 (CPE 2.3 formatted string),
vendor and product as the National Vulnerability Database writes them.
"""

from __future__ import annotations

from urllib.parse import quote

from iotwatch.patterns import regex

_TYPES = {"dpkg": "deb", "opkg": "opkg", "apk": "apk"}
_DEFAULT = {"deb": "debian", "apk": "alpine", "opkg": ""}
# Part (a: application, o: operating system), vendor and product of software that images name most.
_CPE = {
    "busybox": "a:busybox:busybox", "openssl": "a:openssl:openssl", "mbedtls": "a:arm:mbed_tls", "wolfssl": "a:wolfssl:wolfssl",
    "curl": "a:haxx:curl", "linux": "o:linux:linux_kernel", "u-boot": "a:denx:u-boot", "dnsmasq": "a:thekelleys:dnsmasq",
    "wpa_supplicant": "a:w1.fi:wpa_supplicant", "hostapd": "a:w1.fi:hostapd", "dropbear": "a:dropbear_ssh_project:dropbear_ssh",
    "lwip": "a:lwip_project:lwip", "freertos": "a:amazon:freertos", "mosquitto": "a:eclipse:mosquitto",
}  # fmt: skip
# What distributions call packages of the same software.
_PACKAGES = {
    r"(?:lib)?mosquitto\d?(?:-clients|pp1)?$": "mosquitto",
    r"libssl[\d.]{1,5}(?:t64)?$|libopenssl[\d.]*$": "openssl",
    r"libcurl\d?(?:-\w{1,16}|t64)?$": "curl",
    r"libmbedtls[\d.]*$": "mbedtls",
    r"libwolfssl[\d.]*$": "wolfssl",
    r"wpa-?supplicant$|wpad(?:-\w{1,16})?$": "wpa_supplicant",
    r"dropbear(?:-bin)?$": "dropbear",
    r"dnsmasq(?:-base|-full)?$": "dnsmasq",
    r"kernel$": "linux",
}
_SAME = tuple((regex(form), name) for form, name in _PACKAGES.items())
# Epoch and revision of Debian's versions (Debian policy section 5.6.12), of opkg's and of Alpine's (-r3).
_EPOCH = regex(r"^\d+:")
_REVISION = regex(r"-r?\d[\w.+~]*$|[+~](?:dfsg|ds|git|deb|really)[\w.+~-]*$")
_UNQUOTED = regex(r"[^A-Za-z0-9._-]")
_UPSTREAM = regex(r"v?\d+(?:\.\w+)*")


def package_url(name: str, version: str, listed: str, architecture: str = "", distribution: str = "") -> str:
    """The package URL of software that ``listed`` (where it was found: ``dpkg``, ``opkg``, ``apk`` ...) names.

    ``distribution`` is what the image calls itself, in lower case; without one Debian's or Alpine's name stands there. What no
    package manager lists is of the type ``generic``, where it is software with a known name; else there is no URL.
    """
    kind = _TYPES.get(listed, "")
    if not kind and name not in _CPE:
        return ""
    space = (distribution or _DEFAULT[kind]) if kind else ""
    path = "/".join(
        quote(one, safe="") for one in (kind or "generic", space if kind != "opkg" else "", name.lower()) if one
    )
    arch = f"?arch={quote(architecture, safe='')}" if architecture and kind else ""
    return f"pkg:{path}" + (f"@{quote(version, safe=':')}" if version else "") + arch


def cpe(name: str, version: str) -> str:
    """The CPE 2.3 name of software with a known one, with the version of its makers; empty for any other."""
    known = _CPE.get(name) or next((_CPE[one] for form, one in _SAME if form.match(name)), "")
    if not known:
        return ""
    found = _UPSTREAM.match(_upstream(version))
    written = _UNQUOTED.sub(lambda hit: f"\\{hit[0]}", found[0].removeprefix("v")) if found else "*"
    return f"cpe:2.3:{known}:{written}" + ":*" * 7


def _upstream(version: str) -> str:
    """A version without the epoch and revision of a package."""
    plain = _EPOCH.sub("", version)
    for _ in range(3):
        plain = _REVISION.sub("", plain)
    return plain
