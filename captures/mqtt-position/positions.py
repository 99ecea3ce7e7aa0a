"""Print one JSON object a line, 16 in all, 5 s apart: a straight track that begins at a fixed point."""

import json
import time

LATITUDE, LONGITUDE = -25.613742, 137.205831
STEP = 0.000417

for number in range(16):
    if number:
        time.sleep(5)
    state = {
        "ts": int(time.time()),
        "lat": round(LATITUDE + number * STEP, 6),
        "lon": round(LONGITUDE - number * STEP, 6),
        "speed": 31.5,
        "sat": 9,
    }
    print(json.dumps(state), flush=True)
