"""Print the NMEA 0183 sentences (GGA, GSA, RMC) of a slow drive: python3 nmea.py LATITUDE LONGITUDE SECONDS [INTERVAL].

One group a second, stamped with the present time; with INTERVAL it also waits that many seconds between groups.
"""

import sys
import time
from functools import reduce
from operator import xor

STEP = 0.0001


def sentence(text: str) -> str:
    """The sentence with its two-digit XOR checksum."""
    return f"${text}*{reduce(xor, text.encode()):02X}\r\n"


def degrees_minutes(value: float, width: int, letters: str) -> str:
    """``ddmm.mmmmm,L``: whole degrees and minutes to five places."""
    degrees, minutes = divmod(round(abs(value) * 60 * 100000), 60 * 100000)
    return f"{degrees:0{width}d}{minutes / 100000:08.5f},{letters[value < 0]}"


def group(latitude: float, longitude: float, now: float) -> str:
    """One second's sentences."""
    clock, date = time.strftime("%H%M%S.00", time.gmtime(now)), time.strftime("%d%m%y", time.gmtime(now))
    place = f"{degrees_minutes(latitude, 2, 'NS')},{degrees_minutes(longitude, 3, 'EW')}"
    return (
        sentence(f"GPGGA,{clock},{place},1,09,0.9,412.6,M,47.1,M,,")
        + sentence("GPGSA,A,3,02,05,07,12,13,20,25,29,30,,,,1.7,0.9,1.4")
        + sentence(f"GPRMC,{clock},A,{place},21.60,041.3,{date},,,A")
    )


def main() -> None:
    latitude, longitude, seconds = float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    interval = float(sys.argv[4]) if len(sys.argv) > 4 else 0.0
    start = time.time()
    for number in range(seconds):
        if number and interval:
            time.sleep(interval)
        sys.stdout.write(group(latitude + number * STEP, longitude + number * STEP, start + number))
        sys.stdout.flush()


main()
