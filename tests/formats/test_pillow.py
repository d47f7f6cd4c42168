from __future__ import annotations

import io

import pytest

from truss_nb import formats

Image = pytest.importorskip("PIL.Image")

PICTURE = Image.effect_noise((12, 9), 80)
PNG = {
    "bilevel": PICTURE.convert("1"),
    "grey": PICTURE,
    "grey with alpha": PICTURE.convert("LA"),
    "palette": PICTURE.convert("RGB").quantize(7),
    "colour": PICTURE.convert("RGB"),
    "colour with alpha": PICTURE.convert("RGBA"),
    "sixteen bits": Image.new("I;16", (3, 2), 40_000),
}
PICKLED = {
    "depth": PICTURE.convert("F"),
    "integers": PICTURE.convert("I"),
    "print": PICTURE.convert("CMYK"),
    "nothing": Image.new("RGB", (0, 5)),
}


def with_info():
    image = PICTURE.copy()
    image.info["source"] = "survey"
    return image


def from_bytes():
    file = io.BytesIO()
    PICTURE.save(file, "JPEG")
    image = Image.open(file)
    image.load()
    return image


def test_images_come_back_with_mode_palette_and_pixels(round_trip):
    assert {formats.find(v).suffix for v in PNG.values()} == {".png"}
    back = round_trip(PNG)
    for name, value in PNG.items():
        assert type(back[name]) is Image.Image
        assert back[name] == value, name


def test_images_that_png_would_change_are_pickled(round_trip):
    values = {**PICKLED, "info": with_info(), "from bytes": from_bytes()}
    assert {formats.find(v).suffix for v in values.values()} == {".pickle"}
    back = round_trip(values)
    for name, value in values.items():
        assert type(back[name]) is type(value)
        assert back[name] == value, name


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".bmp", ".tiff"])
def test_an_opened_image_is_the_file_it_came_from(suffix, tmp_path, elsewhere):
    source = tmp_path / f"source{suffix}"
    PICTURE.convert("RGB").save(source, dpi=(300, 300))
    with Image.open(source) as opened:
        form = formats.find(opened)
        assert (form.suffix, form.needs_trust) == (suffix, False)
        form.write(opened, tmp_path / f"saved{suffix}")
        loading = form.saved(opened).statements("image", f"Path('saved{suffix}')")
        answer = elsewhere(
            "\n".join(
                [
                    "from pathlib import Path",
                    *form.saved(opened).imports,
                    *loading,
                    "answer = type(image).__name__, image.tobytes(), image.info",
                ]
            )
        )
        assert answer == (type(opened).__name__, opened.tobytes(), opened.info)
    assert (tmp_path / f"saved{suffix}").read_bytes() == source.read_bytes()


def test_an_opened_image_that_was_drawn_on_is_not_its_file(tmp_path):
    PICTURE.save(tmp_path / "source.png")
    with Image.open(tmp_path / "source.png") as opened:
        opened.putpixel((0, 0), 255 - opened.getpixel((0, 0)))
        assert formats.find(opened).suffix == ".pickle"
