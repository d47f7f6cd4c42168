"""Files: what the captured code opens, and how it comes along."""
