#!/bin/bash
# The traffic of gt06-tracker as a modem's own log (QMDL), with what the modem says of itself, and Rayhunter's word on it.
. "$(dirname "$0")/../common.sh"
need python3

python3 "$CASE/diag.py" "$CASE/../gt06-tracker/gt06-tracker.pcap" "$CASE/modem-log.qmdl" "$CASE/modem-log.ndjson"
echo "$CASE/modem-log.qmdl: $(stat -c %s "$CASE/modem-log.qmdl") bytes"
