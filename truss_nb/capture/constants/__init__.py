"""Constants: values that a person writes as an expression, and how."""
