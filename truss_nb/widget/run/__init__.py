"""One run: what each stage did and printed, what it raised, what a client would get."""
