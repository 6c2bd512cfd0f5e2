"""The pictures of a camera, one after the other."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, overload

from . import _camera
from ._gstreamer import Gst
from ._images import CHANNELS, image_of, jpeg_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._images import Image
    from ._options import Options

SINCE_1970 = Gst.Caps.from_string("timestamp/x-unix")


class Frame(NamedTuple):
    """A picture with its times, in seconds since 1970, as :func:`time.time` counts."""

    #: Height x width x 3 bytes; height x width for GRAY8.
    image: Image
    #: When it was taken, by the clock of this computer.
    time: float
    #: When it was taken, by the clock of the camera; None where that tells none.
    camera_time: float | None


class JpegFrame(NamedTuple):
    """As :class:`Frame`, with the bytes that the camera has sent."""

    image: bytes
    time: float
    camera_time: float | None


@overload
def frames(
    url: str,
    *,
    format: Literal["BGR", "RGB", "GRAY8"] = "BGR",
    timestamps: Literal[False] = False,
    **options: Unpack[Options],
) -> Generator[Image, None, None]: ...


@overload
def frames(
    url: str,
    *,
    format: Literal["BGR", "RGB", "GRAY8"] = "BGR",
    timestamps: Literal[True],
    **options: Unpack[Options],
) -> Generator[Frame, None, None]: ...


@overload
def frames(
    url: str,
    *,
    format: Literal["jpeg"],
    timestamps: Literal[False] = False,
    **options: Unpack[Options],
) -> Generator[bytes, None, None]: ...


@overload
def frames(
    url: str,
    *,
    format: Literal["jpeg"],
    timestamps: Literal[True],
    **options: Unpack[Options],
) -> Generator[JpegFrame, None, None]: ...


def frames(
    url: str,
    *,
    format: str = "BGR",
    timestamps: bool = False,
    **options: Any,
) -> Generator[Any, None, None]:
    """Give the pictures of a camera until the stream ends.

    url: http or https address; ``user:password@`` in it is used as the login.
    format: ``BGR`` as OpenCV has it, ``RGB`` or ``GRAY8`` for numpy arrays, ``jpeg`` for the
    bytes as the camera has sent them.
    timestamps: give a :class:`Frame` (or :class:`JpegFrame`) with the times of the picture.
    options: properties of the element, with ``_`` for ``-``, as in ``connect_timeout=2``.

    The newest picture comes next, however long the one before has taken; those between are
    left out. With ``skip_backlog=False`` each one comes, and the camera waits for the program
    when ``max_backlog`` is full.

    The connection is opened when the first picture is asked for. It is closed with the
    iterator: at its end, by ``close()``, or when nobody refers to it any more. A camera that
    goes away comes back by itself, unless ``retries`` says otherwise; each attempt is a
    warning of the logger ``mjpeghttpsrc``.

    Raises CameraError when the camera cannot be read, and TypeError or ValueError at once for
    an argument that cannot be.
    """
    if format not in CHANNELS and format != "jpeg":
        known = ", ".join([*CHANNELS, "jpeg"])
        raise ValueError(f"frames(): there is no format {format!r}; these there are: {known}")
    options.setdefault("skip_backlog", True)
    return _frames(_camera.build(url, format, options), format, timestamps)


def _frames(pipeline: Any, image_format: str, timestamps: bool) -> Generator[Any, None, None]:
    for sample in _camera.samples(pipeline):
        # First, as the other takes its time.
        times = (_time(pipeline, sample), _camera_time(sample)) if timestamps else None
        if image_format == "jpeg":
            jpeg = jpeg_of(sample)
            yield JpegFrame(jpeg, *times) if times else jpeg
        else:
            image = image_of(sample, image_format)
            yield Frame(image, *times) if times else image


def _time(pipeline: Any, sample: Any) -> float:
    """Return the time by the wall clock; what GStreamer knows is how long ago it was."""
    running = sample.get_segment().to_running_time(Gst.Format.TIME, sample.get_buffer().pts)
    now = pipeline.get_clock().get_time() - pipeline.get_base_time()
    age: float = (now - running) / Gst.SECOND
    return time.time() - age


def _camera_time(sample: Any) -> float | None:
    meta = sample.get_buffer().get_reference_timestamp_meta(SINCE_1970)
    return meta.timestamp / Gst.SECOND if meta else None
