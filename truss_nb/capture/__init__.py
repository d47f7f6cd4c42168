"""A function and its namespace → a closure: imports, definitions and values."""
