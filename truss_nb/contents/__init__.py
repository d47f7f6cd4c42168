"""Contents: what belongs to one bundle, in memory."""
