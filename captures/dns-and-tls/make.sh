#!/bin/bash
# Names asked for and names said in TLS hellos, nothing in clear behind them: dnsmasq, curl, openssl.
# The real vendor name resolves to a documentation address here; the vendor's host is never contacted.
. "$(dirname "$0")/../common.sh"
need curl openssl dig

net_up
names iot-south.quectel.com=203.0.113.30 fota.modem-maker.example=203.0.113.30 ntp.modem-maker.example=198.51.100.20 \
    telematics.modem-maker.example=2001:db8:2::20
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj '/CN=fota.modem-maker.example' \
    -keyout "$WORK/key.pem" -out "$WORK/certificate.pem" 2>/dev/null
serve "$NET" openssl s_server -accept 203.0.113.30:443 -key "$WORK/key.pem" -cert "$WORK/certificate.pem" -www -quiet
serve "$NET" openssl s_server -6 -accept '[2001:db8:2::20]:8883' -key "$WORK/key.pem" -cert "$WORK/certificate.pem" -www -quiet
wait_tcp "$NET" 443
wait_tcp "$NET" 8883

capture dns-and-tls.pcapng
in_car dig +tries=1 +time=2 +short gone.modem-maker.invalid
in_car dig +tries=1 +time=2 +short ntp.modem-maker.example
in_car curl -sSk --max-time 5 -o /dev/null https://iot-south.quectel.com/
sleep 4
in_car dig +tries=1 +time=2 +short +tcp fota.modem-maker.example
in_car openssl s_client -connect fota.modem-maker.example:443 -servername fota.modem-maker.example -tls1_2 \
    </dev/null >/dev/null 2>&1
sleep 1
in_car openssl s_client -6 -connect telematics.modem-maker.example:8883 -servername telematics.modem-maker.example \
    </dev/null >/dev/null 2>&1
in_car curl -sSk --max-time 5 -o /dev/null --tls-max 1.2 https://iot-south.quectel.com/version
capture_stop
