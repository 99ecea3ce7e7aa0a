#!/bin/bash
# The serial line of a GNSS receiver, logged: sentences go into one end of a pty pair (socat), a logger reads the other.
# The log stays in the car, so its positions are local and no transmission.
. "$(dirname "$0")/../common.sh"
need socat python3

socat "PTY,link=$WORK/receiver,rawer" "PTY,link=$WORK/host,rawer" &
PIDS+=($!)
until_true 5 test -e "$WORK/receiver" -a -e "$WORK/host"
socat -u "FILE:$WORK/host,rawer" "CREATE:$WORK/log" &
PIDS+=($!)
sleep 0.3
python3 "$CASE/../nmea.py" -24.735810 15.312640 30 0.05 >"$WORK/receiver"
sleep 0.5
cat "$WORK/log" >"$CASE/ttyUSB1-nmea.log"
wc "$CASE/ttyUSB1-nmea.log"
