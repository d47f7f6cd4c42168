"""Server: the examples on the real Truss server."""
