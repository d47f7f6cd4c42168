"""What a value looks like: a picture if there is one, and never anything but text."""

import base64
import io
import itertools
import re
import zlib

import numpy as np
import pytest
from PIL import Image

from truss_nb.credentials.credentials import Credentials
from truss_nb.live.trace import Chunks
from truss_nb.widget.look import Look
from truss_nb.widget.look.images import as_images


def look(value):
    return Look(Credentials(frozenset({"hunter22"}))).at(value)


def pictures(value):
    """Return the images on the page, decoded by a library of others."""
    found = re.findall(r'src="data:image/\w+;base64,([^"]+)"', look(value))
    return [Image.open(io.BytesIO(base64.b64decode(each))) for each in found]


RNG = np.random.default_rng(0)
PHOTO = RNG.integers(0, 256, (12, 16, 3), dtype=np.uint8)

IMAGES = [
    # the value, the mode and size of each picture
    (PHOTO, [("RGB", (16, 12))]),
    (PHOTO.transpose(2, 0, 1) / 255, [("RGB", (16, 12))]),
    (PHOTO[None].astype("float32"), [("RGB", (16, 12))]),
    (np.stack([PHOTO] * 9), [("RGB", (16, 12))] * 6),
    (np.dstack([PHOTO, PHOTO[..., :1]]), [("RGBA", (16, 12))]),
    (PHOTO[..., :1], [("L", (16, 12))]),
    (np.eye(8), [("L", (8, 8))]),
    (np.zeros((2, 8, 8), bool), [("L", (8, 8))] * 2),
    ([[float(i * j) for i in range(8)] for j in range(8)], [("L", (8, 8))]),
    (np.zeros((2000, 1000)), [("L", (250, 500))]),
    (Image.fromarray(PHOTO), [("RGB", (16, 12))]),
    (Image.new("CMYK", (2000, 1000)), [("RGB", (512, 256))]),
]


@pytest.mark.parametrize(("value", "seen"), IMAGES, ids=lambda v: type(v).__name__)
def test_an_image_is_seen(value, seen):
    assert [(image.mode, image.size) for image in pictures(value)] == seen


def test_a_photo_keeps_its_pixels():
    (seen,) = pictures(PHOTO)
    assert (np.asarray(seen) == PHOTO).all()


def test_floats_are_stretched_to_what_can_be_seen():
    (seen,) = pictures(np.linspace(-2, 2, 64).reshape(8, 8))
    assert (np.asarray(seen).min(), np.asarray(seen).max()) == (0, 255)


def test_what_is_not_finite_is_black():
    array = np.full((8, 8), np.nan)
    array[0, 0] = np.inf
    (seen,) = pictures(array)
    assert np.asarray(seen).max() == 0


@pytest.mark.parametrize("shape", [(1, 64), (30, 4), (5, 5), (10,), (0, 8, 8), ()])
def test_what_is_not_an_image_is_not_taken_for_one(shape):
    assert as_images(np.zeros(shape)) == []


def test_an_encoded_image_is_seen_as_it_travels():
    file = io.BytesIO()
    Image.fromarray(PHOTO).save(file, "PNG")
    assert pictures(file.getvalue())[0].size == (16, 12)
    encoded = base64.b64encode(file.getvalue()).decode()
    assert pictures({"image": encoded})[0].size == (16, 12)
    assert "<img" not in look(encoded + '" onerror="alert(1)')


def test_labels_and_scores_are_bars():
    for value in (
        {"cat": 0.75, "dog": 0.25},
        [("cat", 0.75), ("dog", 0.25)],
        [{"label": "cat", "score": 0.75}, {"label": "dog", "score": 0.25}],
    ):
        assert re.findall(r">(\w+)</th>.*?width: ([\d.]+)%", look(value)) == [
            ("cat", "75.0"),
            ("dog", "25.0"),
        ]


BARS = [
    ({"sure": 0.582, "unsure": 0.1}, ["58.2", "10.0"]),
    ({"unsure": 0.468, "less": 0.25}, ["46.8", "25.0"]),
    ({"long": 4.0, "short": 1.0}, ["100.0", "25.0"]),
    ({"some": 0.5, "none": 0.0}, ["50.0"]),
]


@pytest.mark.parametrize(("scores", "widths"), BARS)
def test_scores_up_to_1_are_shares_of_it_and_none_has_no_bar(scores, widths):
    shown = look(scores)
    assert re.findall(r"width: ([\d.]+)%", shown) == widths
    assert all(f">{score:.4g}</td>" in shown for score in scores.values())


@pytest.mark.parametrize("value", [{"width": 640}, {"a": -0.5}, {"a": float("nan")}])
def test_other_numbers_are_no_scores(value):
    assert "truss-bar" not in look(value)


def test_a_series_is_a_plot():
    for value in (list(range(50)), np.arange(50.0), np.arange(50.0)[None]):
        assert "50 numbers from 0 to 49" in look(value)
        assert "<svg" in look(value)
    gap = look(np.array([1.0, np.nan, *range(30)]))
    (path,) = re.findall(r' d="([^"]*)"', gap)
    assert path.count("M") == 2


def test_tables_are_tables():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a<b": range(30), "c": ["x"] * 30})
    html = look(frame)
    assert ">a&lt;b</th>" in html
    assert html.count("<tr>") == 21
    assert "10 more rows</caption>" in html
    html = look([{"a": 1, "b": "x"}, {"a": 2, "b": "y"}])
    assert "<td>x</td>" in html
    assert re.findall(r"<tr><th[^>]*>(\d)</th>", html) == ["0", "1"]
    assert look(np.ones((2, 3))).count(">1</td>") == 6


def test_json_is_a_folding_tree():
    html = look([{"a": {"b": [None, True, "x"]}}, 1])
    assert html.count("<details") == 2
    assert ">b</th>" in html
    assert "… and 400 more" in look(["word"] * 500)


def test_what_contains_itself_ends():
    value = {}
    value["self"] = [value]
    assert look(value)
    assert (
        len(look({str(i): {str(j): "x" for j in range(50)} for i in range(900)})) < 5e5
    )


HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(1)">'


@pytest.mark.parametrize(
    "value",
    [
        HOSTILE,
        {HOSTILE: HOSTILE},
        {HOSTILE: 0.5},
        [[HOSTILE, 0.5]],
        [HOSTILE] * 8,
        [{HOSTILE: HOSTILE}] * 2,
        {"a": {HOSTILE}},
        np.array([HOSTILE, HOSTILE]),
        np.array([[HOSTILE] * 2] * 2),
        Chunks([HOSTILE]),
        HOSTILE * 100,
        type(HOSTILE.replace("/", ""), (), {})(),
    ],
    ids=lambda v: type(v).__name__[:20],
)
def test_nothing_is_ever_run_as_html(value):
    html = look(value)
    assert "<script" not in html
    assert "<img" not in html


def test_a_credential_is_hidden():
    assert "hunter22" not in look({"a": ["my hunter22 is"]})
    assert "sk_live" not in look({"api_key": "sk_live_4f1cA9d3E7b2F8c6"})


def test_a_class_that_fails_to_be_looked_at_is_told():
    class Odd:
        shape = (1,)

        def __array__(self, *args, **kwargs):
            raise RuntimeError("no array")

    assert "can't be looked at: RuntimeError: no array" in look(Odd()).replace(
        "&#x27;", "'"
    )


def test_a_png_is_whole():
    from truss_nb.widget.look.png import as_png

    png = as_png(PHOTO)
    size = int.from_bytes(png[33:37], "big")
    assert len(zlib.decompress(png[41 : 41 + size])) == 12 * (1 + 16 * 3)


def test_no_peak_of_a_plot_is_lost():
    values = np.zeros(1001)
    values[[333, 777]] = 9, -4
    assert "from -4 to 9" in look(values)


def test_a_column_of_numbers_is_read_from_its_right_edge():
    html = look([{"name": "x", "size": 1}, {"name": "y", "size": 20}])
    assert re.findall(r'truss-number">(\w+)<', html) == ["size", "0", "1", "1", "20"]


def test_a_container_that_goes_on_for_ever_is_shown_as_what_it_holds():
    own = {"__iter__": lambda _: itertools.repeat(7), "__module__": "__main__"}
    shown = look({"all": type("Endless", (list,), own)([1, 2])})
    assert "1, 2" in shown
    assert "7" not in shown
