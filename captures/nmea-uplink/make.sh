#!/bin/bash
# A home-made reporter: gpsd reads a receiver (gpsfake plays one), gpspipe prints its sentences, nc sends them on.
# First over TCP with gpsd's greeting in front, then over UDP, a datagram for each sentence.
. "$(dirname "$0")/../common.sh"
need gpsd gpsfake gpspipe nc python3

net_up
names nmea.collector.example=198.51.100.20
serve "$NET" nc -lk 198.51.100.20 10110
serve "$NET" nc -luk 198.51.100.20 10111
wait_tcp "$NET" 10110
wait_udp "$NET" 10111
python3 "$CASE/../nmea.py" 64.817330 -18.526170 40 >"$WORK/receiver.nmea"

capture nmea-uplink.pcap
# gpsfake waits for its first client, so that each of the two hears the track from its beginning.
serve "$CAR" gpsfake -q -1 -c 0.1 -P 2947 "$WORK/receiver.nmea"
wait_tcp "$CAR" 2947
in_car gpspipe -r -n 48 localhost:2947 | in_car nc -N nmea.collector.example 10110
serve "$CAR" gpsfake -q -1 -c 0.1 -P 2948 "$WORK/receiver.nmea"
wait_tcp "$CAR" 2948
in_car gpspipe -r -n 33 localhost:2948 | grep --line-buffered '^\$' | while read -r line; do
    printf '%s\n' "$line"
    sleep 0.05
done | in_car nc -u -q 1 nmea.collector.example 10111
capture_stop
