#!/bin/bash
# Two hundred stored positions in the gzip-compressed body of one POST: curl to an HTTP server.
. "$(dirname "$0")/../common.sh"
need curl gzip python3

net_up
names upload.fleet.example=203.0.113.30
serve "$NET" python3 "$CASE/../http-post-position/server.py" 203.0.113.30 80
wait_tcp "$NET" 80
python3 "$CASE/batch.py" | gzip -9n >"$WORK/batch.json.gz"

capture http-gzip-batch.pcap
in_car curl -sS --max-time 5 -A 'fleetbox/2.4' -H 'Content-Type: application/json' -H 'Content-Encoding: gzip' \
    --data-binary "@$WORK/batch.json.gz" http://upload.fleet.example/v2/batch
capture_stop
