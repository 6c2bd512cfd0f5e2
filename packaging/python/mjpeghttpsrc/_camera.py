"""A pipeline that reads one camera."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from ._errors import CameraError
from ._gstreamer import Gst
from ._images import CHANNELS
from ._options import set_options

log = logging.getLogger("mjpeghttpsrc")

#: Where the elements come from, for those who lack them.
PACKAGES = {"jpegdec": "gstreamer1.0-plugins-good"}

#: Python sees Ctrl-C only between two calls.
WAIT = Gst.SECOND // 10


def build(url: str, image_format: str, options: Mapping[str, object]) -> Any:
    """Return the pipeline, which does nothing yet."""
    if not isinstance(url, str):
        raise TypeError(f"frames(): the address is not a text but of type {type(url).__name__}")
    camera = _make("mjpeghttpsrc", "camera")
    # As a property, so that nothing in it is taken for pipeline syntax.
    camera.set_property("location", url)
    set_options(camera, options)
    elements = [camera]
    if image_format in CHANNELS:
        decoder = _make("jpegdec")
        # A damaged picture is no reason to give up a camera.
        decoder.set_property("max-errors", -1)
        elements += [decoder, _make("videoconvert"), _raw(image_format)]
    elements.append(_sink(newest=bool(camera.get_property("skip-backlog"))))
    pipeline = Gst.Pipeline.new(None)
    for element in elements:
        pipeline.add(element)
    for upstream, downstream in zip(elements, elements[1:]):
        upstream.link(downstream)
    return pipeline


def _make(name: str, called: str | None = None) -> Any:
    element = Gst.ElementFactory.make(name, called)
    if element is None:
        package = PACKAGES.get(name, "gstreamer1.0-plugins-base")
        raise RuntimeError(f"GStreamer has no {name} here; in Debian and Ubuntu, {package} has it")
    return element


def _raw(image_format: str) -> Any:
    element = _make("capsfilter")
    element.set_property("caps", Gst.Caps.from_string(f"video/x-raw,format={image_format}"))
    return element


def _sink(newest: bool) -> Any:
    """One picture waits, so that memory is bounded: the newest, or the one that is next."""
    element = _make("appsink", "sink")
    element.set_property("sync", False)
    element.set_property("max-buffers", 1)
    element.set_property("drop", newest)
    return element


def samples(pipeline: Any) -> Iterator[Any]:
    """Play the pipeline; give its samples to the end of the stream."""
    sink, bus = pipeline.get_by_name("sink"), pipeline.get_bus()
    try:
        pipeline.set_state(Gst.State.PLAYING)
        failed: CameraError | None = None
        while True:
            sample = sink.emit("try-pull-sample", WAIT)
            # An error is on the bus before the stream ends, and perhaps before what came last
            # has been taken.
            failed = _read(bus) or failed
            if sample is not None:
                yield sample
            elif failed is not None:
                raise failed
            elif sink.get_property("eos"):
                return
    finally:
        pipeline.set_state(Gst.State.NULL)


def _read(bus: Any) -> CameraError | None:
    """Log warnings; give an error."""
    while True:
        message = bus.pop_filtered(Gst.MessageType.ERROR | Gst.MessageType.WARNING)
        if message is None:
            return None
        # The second value is for GStreamer's developers.
        if message.type == Gst.MessageType.ERROR:
            error, _ = message.parse_error()
            return CameraError(error.message, _reason(error))
        warning, _ = message.parse_warning()
        log.warning("%s", warning.message)


def _reason(error: Any) -> str:
    codes = {
        "gst-resource-error-quark": Gst.ResourceError,
        "gst-stream-error-quark": Gst.StreamError,
        "gst-core-error-quark": Gst.CoreError,
    }
    if error.domain not in codes:
        return "failed"
    nick: str = codes[error.domain](error.code).value_nick
    return nick
