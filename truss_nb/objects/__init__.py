"""Objects: what a value holds, and what ties it to this process."""
