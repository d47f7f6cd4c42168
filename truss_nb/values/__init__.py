"""Values: a value's snapshot, the difference of two, one line on it."""
