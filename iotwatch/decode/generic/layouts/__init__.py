"""Published fixed layouts that state a place: receivers, broadcasts, LoRaWAN items, APRS, protobuf shapes."""
