#!/bin/bash
# A cellular module on USB that carries the traffic of mqtt-position: descriptors, an AT port, MBIM with IP packets.
. "$(dirname "$0")/../common.sh"
need python3

python3 "$CASE/usbmon.py" "$CASE/../mqtt-position/mqtt-position.pcap" "$WORK/capture"
cat "$WORK/capture" >"$CASE/usb-modem.pcap"
echo "$CASE/usb-modem.pcap: $(stat -c %s "$CASE/usb-modem.pcap") bytes"
