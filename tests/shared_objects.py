"""Shared objects that hold nothing but the names of the libraries they need."""

import struct


def shared_object(*needed: str) -> bytes:
    """Return one, with the few parts that a loader looks at first."""
    names = b"\0" + b"".join(each.encode() + b"\0" for each in needed)
    starts = [names.index(b"\0" + each.encode() + b"\0") + 1 for each in needed]
    head, segments, base = 64, 2 * 56, 0x1000
    at = head + segments
    entries = [(1, start) for start in starts]
    size = 16 * (len(entries) + 3)
    entries += [(5, base + at + size), (10, len(names)), (0, 0)]
    whole = at + size + len(names)
    return b"".join(
        (
            b"\x7fELF\x02\x01\x01".ljust(16, b"\0"),
            struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, head, 0, 0, 64, 56, 2, 0, 0, 0),
            struct.pack("<IIQQQQQQ", 1, 4, 0, base, base, whole, whole, 8),
            struct.pack("<IIQQQQQQ", 2, 4, at, base + at, 0, size, size, 8),
            *(struct.pack("<qQ", *entry) for entry in entries),
            names,
        )
    )
