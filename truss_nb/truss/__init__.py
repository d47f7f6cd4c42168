"""Truss: all that is known of it, its server and its configuration.

For a new release: read it, change the tables here, write the schema of config.yaml anew
(``tests/truss/schema.py``), and run tests/truss.
"""

VERSION = "0.18.36"
"""The release that all of this was read from; tests/truss compares it."""

REQUIREMENT = "truss>=0.18.35"
"""The releases that have the server of VERSION, as pip reads it."""

SCHEMA = (
    "# yaml-language-server: $schema=https://raw.githubusercontent.com/basetenlabs/truss"
    "/main/truss/config.schema.json\n"
)
"""The first line of config.yaml, as ``truss init`` has it: editors check the rest."""

SERVER = "truss/templates/server"
"""Where its wheel has the server, and what the image installs for it."""
