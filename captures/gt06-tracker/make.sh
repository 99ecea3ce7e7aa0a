#!/bin/bash
# A GT06 tracker: login, a location every 10 s, heartbeats in between; the far end answers login and heartbeat.
. "$(dirname "$0")/../common.sh"
need python3

net_up
names gps.tracker-cloud.example=203.0.113.30
serve "$NET" python3 "$CASE/far_end.py" 203.0.113.30 7018
wait_tcp "$NET" 7018

capture gt06-tracker.pcap
in_car python3 "$CASE/tracker.py" gps.tracker-cloud.example 7018
capture_stop
