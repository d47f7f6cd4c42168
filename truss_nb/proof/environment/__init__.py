"""Environment: the interpreter of a proof, what it gets and what it lacks."""
