"""Magics: all that reads a cell or a magic's line; the only room that knows IPython."""
