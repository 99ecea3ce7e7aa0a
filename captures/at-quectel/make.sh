#!/bin/bash
# A host's AT dialogue with a Quectel module, logged by the host. The module is a simulator at the other end of a pty.
. "$(dirname "$0")/../common.sh"
need python3

python3 "$CASE/dialogue.py" >"$WORK/log"
cat "$WORK/log" >"$CASE/ttyUSB2-at.log"
wc "$CASE/ttyUSB2-at.log"
