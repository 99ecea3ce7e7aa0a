#!/bin/bash
# No radio is needed: the packets are made byte by byte from the documents, as a sniffer for Bluetooth LE would have stored them.
cd "$(dirname "$0")/../.." || exit 1
python3 -m tests.advertised captures/tag-along/tag-along.pcap
