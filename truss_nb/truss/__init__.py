"""Truss: all that is known of Truss, its server and its configuration."""
