#!/bin/bash
# What a bystander's phone does: names, a connectivity check, a page with parts, a TLS session, time. No location anywhere.
. "$(dirname "$0")/../common.sh"
need curl openssl python3 chronyd

net_up
names connect.phone-maker.example=198.51.100.20 www.news.example=198.51.100.20 chat.app.example=203.0.113.30 \
    time.pool.example=198.51.100.20
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj '/CN=chat.app.example' \
    -keyout "$WORK/key.pem" -out "$WORK/certificate.pem" 2>/dev/null
serve "$NET" openssl s_server -accept 203.0.113.30:443 -key "$WORK/key.pem" -cert "$WORK/certificate.pem" -www -quiet
mkdir "$WORK/site"
printf '<!doctype html><title>News</title><link rel=stylesheet href=style.css><h1>Weather stays mild</h1><img src=photo.png>\n' \
    >"$WORK/site/index.html"
printf 'h1 { font-size: 1.4em; margin: 12.5px 0 }\n' >"$WORK/site/style.css"
python3 "$CASE/photo.py" >"$WORK/site/photo.png"
: >"$WORK/site/generate_204"
serve "$NET" python3 -m http.server --bind 198.51.100.20 --directory "$WORK/site" 80
# -x: neither end touches the clock of the machine.
printf 'local stratum 3\nallow all\nbindaddress 198.51.100.20\ncmdport 0\npidfile %s/server.pid\n' "$WORK" >"$WORK/time-server.conf"
printf 'server time.pool.example iburst\ncmdport 0\nport 0\npidfile %s/client.pid\n' "$WORK" >"$WORK/time-client.conf"
serve "$NET" chronyd -x -d -u root -f "$WORK/time-server.conf"
wait_tcp "$NET" 443
wait_tcp "$NET" 80
wait_udp "$NET" 123

AGENT='Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36'
capture phone-benign.pcapng
serve "$CAR" chronyd -x -d -u root -f "$WORK/time-client.conf"
in_car curl -sS --max-time 5 -A "$AGENT" -o /dev/null http://connect.phone-maker.example/generate_204
sleep 2.3
in_car curl -sS --max-time 5 -A "$AGENT" -o /dev/null -o /dev/null -o /dev/null http://www.news.example/ \
    http://www.news.example/style.css http://www.news.example/photo.png
sleep 0.7
in_car curl -sSk --max-time 5 -A "$AGENT" -o /dev/null https://chat.app.example/
sleep 3.9
in_car curl -sS --max-time 5 -A "$AGENT" -o /dev/null 'http://www.news.example/index.html?page=2&session=48.5'
in_car curl -sSk --max-time 5 -A "$AGENT" -o /dev/null https://chat.app.example/poll
capture_stop
