#!/bin/bash
# A SIM card whose applet reports its cell by SMS, seen by a tap between card and phone, which hands it on as GSMTAP.
. "$(dirname "$0")/../common.sh"
need python3

net_up
serve "$TAP" python3 "$CASE/analyst.py" 192.0.2.1 4729
wait_udp "$TAP" 4729

capture sim-locator.pcap
in_car python3 "$CASE/card.py" 192.0.2.1 4729
capture_stop
