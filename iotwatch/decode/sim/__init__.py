"""The SIM card: APDUs and the toolkit's commands, from whatever tap or dump they come, to what the card keeps, asks and sends."""
