"""Records of a unit's own binary log, without their schema: columns that are timed places that a car can drive along."""
