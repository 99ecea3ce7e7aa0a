#!/bin/bash
# A telematics unit that publishes its position every 5 s over one MQTT session: mosquitto_pub to a mosquitto broker.
. "$(dirname "$0")/../common.sh"
need mosquitto mosquitto_pub python3

net_up
names broker.fleet.example=198.51.100.20
printf 'listener 1883 198.51.100.20\nallow_anonymous true\n' >"$WORK/broker.conf"
serve "$NET" mosquitto -c "$WORK/broker.conf"
wait_tcp "$NET" 1883

capture mqtt-position.pcap
python3 "$CASE/positions.py" | in_car mosquitto_pub -h broker.fleet.example -q 1 -l \
    -i trk-860000000000017 -t fleet/van-17/position
capture_stop
