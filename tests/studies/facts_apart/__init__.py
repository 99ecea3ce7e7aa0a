"""Messages of tracker dialects drawn from wire facts alone, by hands that had not read the decoders.

Each module builds the dialects of one group and offers ``DIALECTS``: a dialect's name, and what draws one message of every type,
version and variant of it. Nothing here imports the decoders; ``trial`` lays what they read beside what was drawn.
"""
