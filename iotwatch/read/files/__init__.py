"""Capture files to records: pcap, pcapng, snoop, and logs of contacts."""
