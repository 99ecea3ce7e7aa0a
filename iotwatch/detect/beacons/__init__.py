"""Beacons: contacts stitched over sources, scored all at once, named by what they are."""
