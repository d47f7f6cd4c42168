"""Which arrays are images, and their pixels.

Frameworks disagree on where the channels stand and what white is: (H, W), (H, W, 3),
(3, H, W), one of them or a batch, bytes or floats of any range. What isn't bytes is
stretched from its lowest to its highest value, as a plot would.
"""

from __future__ import annotations

from typing import Any

import numpy as np

MOST = 6
"""How many images of a batch are shown."""

_CHANNELS = (1, 3, 4)
_SMALLEST = 6  # pixels of a side
_PLAIN = 28  # from here on, an oblong matrix is taken for an image too


def as_images(array: Any) -> list[Any]:
    """Return the first images in ``array``, as bytes of (H, W, channels); or none."""
    if array.dtype.kind not in "buif" or array.size == 0:
        return []
    while array.ndim > 2 and array.shape[0] == 1:
        array = array[0]
    batch = _batch(array)
    return [] if batch is None else [_as_bytes(image) for image in batch[:MOST]]


def _batch(array: Any) -> Any:
    """Return (N, H, W, channels), or None if this isn't an image."""
    if array.ndim == 2 and _is_picture(*array.shape, alone=True):
        return array[None, :, :, None]
    if array.ndim == 3:
        return _of_three(array)
    if array.ndim == 4 and array.shape[-1] in _CHANNELS:
        return array if _is_picture(*array.shape[1:3]) else None
    if array.ndim == 4 and array.shape[1] in _CHANNELS:
        return array.transpose(0, 2, 3, 1) if _is_picture(*array.shape[2:]) else None
    return None


def _of_three(array: Any) -> Any:
    if array.shape[-1] in _CHANNELS and _is_picture(*array.shape[:2]):
        return array[None]
    if array.shape[0] in _CHANNELS and _is_picture(*array.shape[1:]):
        return array.transpose(1, 2, 0)[None]
    if _is_picture(*array.shape[1:], alone=True):
        return array[..., None]
    return None


def _is_picture(height: int, width: int, *, alone: bool = False) -> bool:
    """Return whether the sides are a picture's; ``alone``: no channels speak for it."""
    low, high = sorted((height, width))
    if low < _SMALLEST or high > 8 * low:
        return False
    return not alone or low == high or low >= _PLAIN


def _as_bytes(image: Any) -> Any:
    if image.dtype == np.uint8 and image.max() > 1:
        return image
    if image.dtype.kind == "b":
        return image.astype(np.uint8) * np.uint8(255)
    numbers = image.astype(np.float64)
    finite = np.isfinite(numbers)
    shown = numbers[finite] if finite.any() else np.zeros(1)
    low = shown.min()
    scaled = (numbers - low) * (255 / (np.ptp(shown) or 1))
    return np.where(finite, scaled, 0).astype(np.uint8)
