"""Definitions: the text that rebuilds a function, a class or an assignment."""
