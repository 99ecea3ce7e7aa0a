"""What vehicles tell whoever listens: ships, aircraft, cars."""
