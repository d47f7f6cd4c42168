"""Truss: all that is known of it, its server and its configuration.

For a new release: read it, change the tables here, and run tests/truss.
"""

VERSION = "0.18.36"
"""The release that all of this was read from; tests/truss compares it."""

REQUIREMENT = "truss>=0.18.35"
"""The releases that have the server of VERSION, as pip reads it."""

SERVER = "truss/templates/server"
"""Where its wheel has the server, and what the image installs for it."""
