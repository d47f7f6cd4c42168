"""Text: reading, quoting and editing Python source; nothing here knows a notebook."""
