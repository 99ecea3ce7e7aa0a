"""The report as one value, and the parts it is made of."""
