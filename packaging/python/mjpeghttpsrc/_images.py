"""Samples of GStreamer as numpy arrays or bytes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from ._gstreamer import Gst

if TYPE_CHECKING:
    import numpy.typing as npt

    Image = npt.NDArray[np.uint8]

#: The formats of arrays, with their bytes a pixel.
CHANNELS = {"BGR": 3, "RGB": 3, "GRAY8": 1}


def image_of(sample: Any, image_format: str) -> Image:
    """Return the picture as an array of its own, which may be written to."""
    caps = sample.get_caps().get_structure(0)
    width, height = caps.get_value("width"), caps.get_value("height")
    channels = CHANNELS[image_format]
    with _memory(sample.get_buffer()) as data:
        # Rows are padded to whole words.
        rows = np.frombuffer(data, np.uint8).reshape(height, -1)
        pixels = rows[:, : width * channels].copy()
    return pixels if channels == 1 else pixels.reshape(height, width, channels)


def jpeg_of(sample: Any) -> bytes:
    """Return the picture as the camera has sent it."""
    with _memory(sample.get_buffer()) as data:
        return bytes(data)


@contextmanager
def _memory(buffer: Any) -> Iterator[Any]:
    # Not extract_dup(), which copies once more.
    mapped = buffer.map(Gst.MapFlags.READ)
    if hasattr(mapped, "__enter__"):
        # gst-python is installed, and shows the memory where it lies.
        with mapped as info:
            yield info.data
    else:
        _, info = mapped
        try:
            yield info.data
        finally:
            buffer.unmap(info)
