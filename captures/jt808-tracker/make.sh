#!/bin/bash
# A JT/T 808 box: registration, authentication, single reports, a heartbeat and a batch of stored reports.
. "$(dirname "$0")/../common.sh"
need python3

net_up
names jt.box-platform.example=198.51.100.20
serve "$NET" python3 "$CASE/far_end.py" 198.51.100.20 6808
wait_tcp "$NET" 6808

capture jt808-tracker.pcapng
in_car python3 "$CASE/tracker.py" jt.box-platform.example 6808
capture_stop
