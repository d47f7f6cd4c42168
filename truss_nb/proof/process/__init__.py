"""Process: the examples in a fresh process, and the verdict."""
