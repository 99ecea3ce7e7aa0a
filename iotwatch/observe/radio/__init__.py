"""Radio sweeps -> observations: bursts over the floor of each bin, grouped by frequency; what was listened to, and when."""
