"""Item trackers by Bluetooth: which addresses are one tag, and whether it goes where the car goes."""
