"""What GNSS receivers say, and what is said to them."""
