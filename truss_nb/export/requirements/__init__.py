"""Requirements: what config.yaml pins, and the evidence for each line."""
