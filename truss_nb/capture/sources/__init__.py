"""Sources: the texts that ran, and which of them made an object."""
