"""Does what is sent to a far end follow the car's movement? Asked of when, how often and how much is sent, never of what.

``movement`` lays out what the car did while it was listened to, ``traffic`` what was sent meanwhile, ``chance`` compares both
and says how often the same would come of stops and turns at other times, ``found`` tells it.
"""
