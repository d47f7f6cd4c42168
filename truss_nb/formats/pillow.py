"""Pillow images: the file that one was opened from, else PNG.

What was opened comes back as the class of its file format, with all that the file
says (EXIF, a colour profile). What was made in memory goes to PNG where that holds the
mode; images of other modes, and those opened from bytes, are pickled.
"""

from __future__ import annotations

import shutil
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageFile

from truss_nb.formats.format import Format, OwnForm, Saved
from truss_nb.objects.kinds import is_a

_IMPORTS: Final = ("from PIL import Image",)


class Picture(OwnForm):
    """An image in memory, of a mode that PNG keeps."""

    name = "PNG image"
    suffix = ".png"
    modules = ("PIL",)
    # A copy is in memory whole: an opened image reads its file when it's first used.
    loading = Saved(_IMPORTS, "Image.open({path}).copy()")

    def fits(self, value: object, /) -> bool:
        """Take images that PNG gives back: one pixel shows mode, palette and info."""
        return (
            type(value) is Image.Image
            and value.mode in {"1", "I;16", "L", "LA", "P", "RGB", "RGBA"}
            and all(value.size)
            and _comes_back(value.crop((0, 0, 1, 1)))
        )

    def write(self, value: Any, path: Path, /) -> None:
        """Write it as PNG."""
        value.save(path, format="PNG")


class Opened(OwnForm):
    """An image that was opened from a file which is still there, and is the same."""

    modules = ("PIL",)
    loading = Saved(_IMPORTS, "Image.open({path})", ("{value}.load()",))

    def __init__(self, kind: str, suffix: str) -> None:
        self.name = f"{kind} image"
        self.suffix = suffix
        self.kind = kind

    def fits(self, value: object, /) -> bool:
        """Take images whose file gives the pixels that they have now."""
        return (
            is_a(value, ImageFile.ImageFile)
            and value.format == self.kind
            and bool(value.filename)
            and Path(str(value.filename)).is_file()
            and _is_as_in_file(value)
        )

    def write(self, value: Any, path: Path, /) -> None:
        """Copy the file."""
        shutil.copyfile(value.filename, path)


FORMATS: Final[tuple[Format, ...]] = (
    Picture(),
    Opened("BMP", ".bmp"),
    Opened("JPEG", ".jpg"),
    Opened("PNG", ".png"),
    Opened("TIFF", ".tiff"),
    Opened("WEBP", ".webp"),
)


def _comes_back(pixel: Image.Image) -> bool:
    file = BytesIO()
    pixel.save(file, format="PNG")
    back = Image.open(file).copy()
    return back == pixel  # mode, size, info, palette and pixels


def _is_as_in_file(value: ImageFile.ImageFile) -> bool:
    with Image.open(value.filename) as file:
        return (
            type(file) is type(value)
            and not getattr(file, "is_animated", False)
            and file == value
        )
