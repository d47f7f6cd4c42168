"""Text: what source says, read from its tree, without running it."""
