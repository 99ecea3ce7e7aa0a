#!/bin/bash
# A device that posts its position as JSON (IPv4) and another service it tells by query string (OsmAnd's form, IPv6): curl.
. "$(dirname "$0")/../common.sh"
need curl python3

net_up
names track.fleet.example=198.51.100.20 osmand.fleet.example=2001:db8:2::20
serve "$NET" python3 "$CASE/server.py" 198.51.100.20 8080
serve "$NET" python3 "$CASE/server.py" 2001:db8:2::20 5055
wait_tcp "$NET" 8080
wait_tcp "$NET" 5055

capture http-post-position.pcap
# Uneven pauses: these are reports on events, not a beacon.
for state in '22.913420,-1.307150 3' '22.913955,-1.308022 9' '22.914871,-1.309467 1' '22.917006,-1.310018 5'; do
    read -r place pause <<<"$state"
    lat=${place%,*} lon=${place#*,}
    in_car curl -sS --max-time 5 -A 'fleetbox/2.4' -H 'Content-Type: application/json' \
        -d "{\"device\":\"van-18\",\"position\":{\"latitude\":$lat,\"longitude\":$lon,\"accuracy\":4.5}}" \
        http://track.fleet.example:8080/api/v1/position
    in_car curl -sS --max-time 5 -A 'fleetbox/2.4' \
        "http://osmand.fleet.example:5055/?id=860000000000025&timestamp=$(date +%s)&lat=$lat&lon=$lon&speed=12.0&bearing=287&altitude=312&batt=81"
    sleep "$pause"
done
capture_stop
