"""What sweeps say of senders: trains of bursts, their clocks, the same place without the car, the seconds of other taps."""
