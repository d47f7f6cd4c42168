"""Status: what is captured, why, how big, and what is stale."""
