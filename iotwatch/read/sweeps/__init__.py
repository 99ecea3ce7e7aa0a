"""Radio sweeps: files of power over time and frequency -> columns, a block of lines at a time.

``forms`` tells by the first bytes which grammar a file has; ``commas``, ``listed``, ``records``, ``scans`` and ``samples``
read one grammar each into ``Hops``; ``grid`` lays hops out as times by frequencies.
"""
