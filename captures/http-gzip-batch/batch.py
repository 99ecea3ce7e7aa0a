"""Print one JSON document with 200 positions of a made-up drive, 15 s apart, always the same."""

import json
import math

COUNT = 200
START = 1767225600  # 2026-01-01 00:00:00 UTC
LATITUDE, LONGITUDE = 47.913027, 66.284519

positions = []
for number in range(COUNT):
    bend = 0.002 * math.sin(number / 17)
    latitude = round(LATITUDE + number * 0.000731 + bend, 6)
    longitude = round(LONGITUDE + number * 0.001127 - bend, 6)
    positions.append({"time": START + 15 * number, "latitude": latitude, "longitude": longitude, "speed": 54})
print(json.dumps({"device": "van-19", "positions": positions}))
