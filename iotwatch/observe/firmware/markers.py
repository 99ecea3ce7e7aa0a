"""What is looked for in every file of an image, compiled into one matcher that runs at memory speed.

A marker has a kind (``identity``, ``position``, ``network``, ``url``, ``key-word`` ...), the value that an observation shall
carry, and a pattern in YARA's syntax. ``strong`` markers are calls, commands and paths that only code with that purpose
holds; the others are words, which texts hold too. Sources: reference facts (firmware signatures: location, identity and
beacon code; AT commands with their vendors), 3GPP TS 27.007, NMEA 0183, the programs' and libraries' own manuals.
"""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import yara_x

HITS_PER_MARKER = 256
# Of these every one is a statement of its own, and a monolithic image holds all programs' in one.
_MANY = frozenset({"url", "host", "pem", "der", "key", "key-word", "agent"})
_HITS_OF_MANY = 4096


class Marker(msgspec.Struct, frozen=True):
    """One pattern. ``word``: it counts only as a word of its own, as letters and capitals tell."""

    kind: str
    value: str
    pattern: str
    strong: bool = True
    word: bool = False


class Hit(msgspec.Struct, frozen=True):
    """Where a marker stands; ``wide``: as UTF-16LE."""

    marker: Marker
    start: int
    end: int
    wide: bool = False


def _text(text: str, *, nocase: bool = False, wide: bool = False) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' + (" nocase" if nocase else "") + (" ascii wide" if wide else "")


def _words(kind: str, value: str, words: str, *, strong: bool = True, nocase: bool = False) -> tuple[Marker, ...]:
    return tuple(
        Marker(kind, value, _text(word, nocase=nocase, wide=True), strong=strong, word=True) for word in words.split()
    )


IDENTITY = (
    # Commands of 3GPP TS 27.007 (CGSN, CIMI) and of makers; QMI's DMS and UIM services; vendors' daemons.
    *_words("identity", "imei", "+CGSN +GSN +EGMR get_imei getImei /imei dms_get_ids DMS_GET_DEVICE_SERIAL_NUMBERS"),
    *_words("identity", "imsi", "+CIMI get_imsi getSubscriberId /imsi uim_get_imsi DMS_UIM_GET_IMSI"),
    *_words("identity", "iccid", "+CCID +QCCID +ICCID +ZICCID get_iccid getSimSerialNumber DMS_UIM_GET_ICCID"),
    *_words("identity", "imei", "imei", strong=False, nocase=True),
    *_words("identity", "imsi", "imsi", strong=False, nocase=True),
    *_words("identity", "iccid", "iccid", strong=False, nocase=True),
)
POSITION = (
    *_words(
        "position", "GNSS by AT command", "+QGPSLOC +QGPS= +QGPSGNMEA +QGNSSRD +CGPSINFO +CGNSINF +CGNSSINFO +CGNSPWR"
    ),
    *_words(
        "position",
        "GNSS by AT command",
        "+CGPS= +GTGPS +GTGPSPOWER +UGPS= +ULOC= $GPSACP +SGPSC !GPSLOC? +MGPSC +GPSRD",
    ),
    *_words("position", "NMEA sentences", "$GPRMC GPRMC $GNRMC GNRMC $GPGGA GPGGA $GNGGA GNGGA"),
    *_words("position", "GNSS daemon", "gps_open gps_read gps_stream gps_waiting gpspipe libgps.so /dev/gps0 ?WATCH={"),
    *_words(
        "position",
        "GNSS daemon",
        "org.freedesktop.GeoClue2 mm_modem_location_get_full mm_location_gps_raw_get_latitude",
    ),
    *_words(
        "position",
        "Qualcomm location service",
        "loc_eng_init loc_client_open locClientOpen QMI_LOC_START_REQ loc_start_fix",
    ),
    *_words(
        "position", "Qualcomm location service", "libloc_api_v02.so libizat_core.so liblowi_client.so reportPosition"
    ),
    *_words(
        "position", "Android location", "android.location.LocationManager requestLocationUpdates getLastKnownLocation"
    ),
    *_words("position", "cell query", "get_cell_info getAllCellInfo getCellLocation NAS_GET_CELL_LOCATION_INFO"),
    *_words("position", "cell query", "+QENG= +CPSI? +CENG= +QCELLLOC +CIPGSMLOC +CLBS= +QLBS +AMGSMLOC ^MONSC"),
    *_words("position", "position words", "latitude longitude", strong=False, nocase=True),
    Marker("position", "position fields", r'/[?&"]la?ti?t?(ude)?["=:]{1,3}%[-0-9.l]{0,5}[fdgs]/ nocase'),
)
_FETCH = r"/\b(wget|curl|mosquitto_pub|uclient-fetch|ftpput|socat|coap-client)[\"']?[ ,]{1,4}[\"']?[-$%h{\/]/"
NETWORK = (
    # The name of the program and the beginning of its arguments, as shells and lists have them.
    Marker("network", "fetches by program", _FETCH),
    *_words("network", "sockets of the shell", "/dev/tcp/ /dev/udp/"),
    *_words(
        "network",
        "HTTP library",
        "requests.post requests.get urllib.request http.client urlopen( HttpURLConnection okhttp3",
    ),
    *_words(
        "network",
        "socket library",
        "socket.create_connection socket.socket( socket.connect IO::Socket::INET fsockopen(",
    ),
    *_words("network", "MQTT library", "paho.mqtt org.eclipse.paho"),
    *_words(
        "network",
        "socket through the modem",
        "AT+QIOPEN AT+QISEND AT+CIPSTART AT+CIPSEND AT+CIPOPEN AT+MIPOPEN AT+USOWR",
    ),
    *_words(
        "network",
        "HTTP or MQTT through the modem",
        "AT+QHTTPPOST AT+QHTTPGET AT+HTTPACTION AT+QMTPUB AT+CMQTTPUB AT+SMPUB",
    ),
    *_words(
        "network",
        "socket of a module's own kit",
        "qapi_socket qapi_connect qapi_sendto qapi_Net_HTTPc ql_sockets_connect",
    ),
    Marker(
        "network", "tells of HTTP requests", r"/\b(POST|PUT|GET|HTTP) (request|response|failed|upload)/", strong=False
    ),
    Marker("network", "HTTP request", r"/(GET|POST|PUT|%s) [%\/][ -~]{0,60} HTTP\/1\.[01]/"),
)
_HOST = (
    r"/\x00[A-Za-z0-9][A-Za-z0-9.-]{1,80}\.(com|net|org|io|cn|ru|eu|biz|cloud|invalid|example|test)(:[0-9]{2,5})?\x00/"
)
PLACES = (
    Marker("url", "", '"://" ascii wide'),
    # A name that is a whole string of a program; ``endpoints`` looks closer.
    Marker("host", "", _HOST),
    Marker("pem", "", '"-----BEGIN "'),
    Marker("der", "certificate", "{ 30 82 ?? ?? 30 82 ?? ?? A0 03 02 01 02 02 }"),
    Marker("key", "PKCS 8", "{ 30 82 ?? ?? 02 01 00 30 0D 06 09 2A 86 48 86 F7 0D 01 01 01 05 00 04 82 }"),
    Marker("key", "PKCS 1", "{ 30 82 ?? ?? 02 01 00 02 82 0? ?? 00 }"),
    Marker("key", "SEC 1", "{ 30 77 02 01 01 04 20 }"),
    Marker("agent", "", r"/User-Agent: ?[!-~][ -~]{2,120}/ nocase"),
    Marker("mqtt", "", '"MQTT" ascii'),
)
# Words of keys whose lines ``settings`` reads.
KEYS = tuple(
    Marker("key-word", word, _text(word, nocase=True))
    for word in (
        *(
            "apn",
            "topic",
            "agent",
            "passw",
            "passphrase",
            "psk",
            "pwd",
            "secret",
            "api_key",
            "apikey",
            "api-key",
            "_token",
        ),
        *(
            "-token",
            "host",
            "server",
            "broker",
            "addr",
            "remote",
            "endpoint",
            "domain",
            "url",
            "acs",
            "dest",
            "_ip",
            "ip=",
        ),
        *("gdcont", "icsgp", "cstt", "mosquitto_", "curl", "wget"),
    )
)
# Programs that carry their own version: name -> the text that its sources print.
COMPONENTS = (
    Marker("component", "busybox", r"/BusyBox v[0-9]+\.[0-9]+(\.[0-9]+)?/"),
    Marker("component", "openssl", r"/OpenSSL [0-9]\.[0-9]\.[0-9]+[a-z]{0,2} +[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}/"),
    Marker("component", "mbedtls", r"/mbed TLS [0-9]+\.[0-9]+\.[0-9]+/ nocase"),
    Marker("component", "wolfssl", r"/wolfSSL [0-9]+\.[0-9]+\.[0-9]+/"),
    Marker("component", "curl", r"/libcurl\/[0-9]+\.[0-9]+\.[0-9]+/"),
    Marker("component", "linux", r"/Linux version [0-9]+\.[0-9]+\.[0-9]+[!-~]{0,40}/"),
    Marker("component", "u-boot", r"/U-Boot [0-9]{4}\.[0-9]{2}[!-~]{0,40}/"),
    Marker("component", "dnsmasq", r"/dnsmasq-[0-9]+\.[0-9]+/"),
    Marker("component", "wpa_supplicant", r"/wpa_supplicant v[0-9]+\.[0-9]+/"),
    Marker("component", "hostapd", r"/hostapd v[0-9]+\.[0-9]+/"),
    Marker("component", "dropbear", r"/dropbear_[0-9]{4}\.[0-9]{2}/"),
    Marker("component", "lwip", r"/lwIP\/[0-9]+\.[0-9]+\.[0-9]+/"),
    Marker("component", "freertos", r"/FreeRTOS(-Kernel)? V[0-9]+\.[0-9]+\.[0-9]+/"),
    Marker("component", "mosquitto", r"/mosquitto version [0-9]+\.[0-9]+\.[0-9]+/ nocase"),
)
# Frames of trackers as a program writes them (the format string), or compares them: value = the dialect's name in ``decode``.
# Sources: reference facts, dialects; each begins where the decoder's own anchors begin.
DIALECTS = (
    Marker("dialect", "gps103", r"/(##,)?imei:%[0-9a-z]{1,6},(tracker|A;|[a-z%])/"),
    Marker("dialect", "h02", r"/\*(HQ|%[0-9]{0,2}s),%[0-9a-z]{1,6},V[1456],/"),
    Marker("dialect", "gl200", r"/\+(RESP|BUFF|ACK):GT[A-Z]{3},/"),
    Marker("dialect", "meitrack", r"/\$\$%?[A-Za-z]%[0-9]{0,2}d,%[0-9a-z]{1,6},AAA,/"),
    Marker("dialect", "tk103", r"/\(%[0-9a-z]{1,6}B[RPOZ][0-9]{2}/"),
    Marker("dialect", "watch", r"/\[(3G|SG|CS|%[0-9]{0,2}s)\*%[0-9a-z]{1,6}\*%04[xX]\*(UD|LK|AL)/"),
    Marker("dialect", "wialon", r"/#(SD|D|L|B)#%[0-9a-z.]{1,8};/"),
    Marker("dialect", "t55", r"/\$PGID,%[0-9a-z]{1,6}/"),
    Marker("dialect", "osmand", r"/[?&]id=%[0-9a-z]{1,6}&(timestamp|lat)=%/"),
    Marker("dialect", "suntech", r"/(ST|SA)[0-9]{3}(STT|EMG|EVT|ALT|UEX);%[0-9a-z]{1,6};/"),
)

MARKERS = (*IDENTITY, *POSITION, *NETWORK, *PLACES, *KEYS, *COMPONENTS, *DIALECTS)


@cache
def _compiled() -> yara_x.Rules:
    import yara_x

    strings = "\n".join(f"$m{index} = {marker.pattern}" for index, marker in enumerate(MARKERS))
    return yara_x.compile(f"rule markers {{ strings: {strings} condition: any of them }}")


def find(data: bytes) -> dict[str, list[Hit]]:
    """All markers in ``data`` by kind, in the order of their places; at most 256 of a marker, 4,096 of addresses and keys."""
    import yara_x

    scanner = yara_x.Scanner(_compiled())
    scanner.max_matches_per_pattern(_HITS_OF_MANY)
    found: dict[str, list[Hit]] = {}
    for pattern in (pattern for rule in scanner.scan(data).matching_rules for pattern in rule.patterns):
        marker = MARKERS[int(pattern.identifier[2:])]
        most = _HITS_OF_MANY if marker.kind in _MANY else HITS_PER_MARKER
        for place in islice(pattern.matches, most):
            hit = _hit(marker, data, place.offset, place.offset + place.length)
            if hit is not None:
                found.setdefault(marker.kind, []).append(hit)
    for hits in found.values():
        hits.sort(key=lambda hit: (hit.start, -hit.end))
    return found


def _hit(marker: Marker, data: bytes, start: int, end: int) -> Hit | None:
    wide = end - start > 1 and data[start + 1] == 0 and data[start] != 0
    if marker.word and not _is_word(data[start : end : 2 if wide else 1], *_around(data, start, end, wide=wide)):
        return None
    return Hit(marker, start, end, wide)


def _around(data: bytes, start: int, end: int, *, wide: bool) -> tuple[bytes, bytes]:
    if wide:
        return data[max(start - 2, 0) : max(start - 1, 0)], data[end : end + 1]
    return data[max(start - 1, 0) : start], data[end : end + 1]


def _is_word(text: bytes, before: bytes, after: bytes) -> bool:
    """Whether it begins and ends where a word does: ``getImei`` and ``IMEI2`` hold one, ``timeit`` and ``TimeInfo`` do not."""
    if text.lower() in _PLAIN and text not in (text.lower(), text.upper(), text.capitalize()):
        return False
    if text[:1].islower() and before.isalpha():
        return False
    return not (text[:1].isupper() and before.isupper()) and not _goes_on(text[-1:], after)


_PLAIN = frozenset({b"imei", b"imsi", b"iccid", b"latitude", b"longitude"})


def _goes_on(inside: bytes, outside: bytes) -> bool:
    return (outside.islower() and inside.islower()) or (outside.isupper() and inside.isupper())
