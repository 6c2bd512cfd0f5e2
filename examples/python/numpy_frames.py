#!/usr/bin/python3
"""The pictures of a camera as numpy arrays, as OpenCV takes them.

    from numpy_frames import frames

    for picture, pts, captured in frames("http://camera/video.mjpg"):
        cv2.imshow("camera", picture)

Run by itself it says what it gets:

    numpy_frames.py http://camera/video.mjpg --count 10

Debian: python3-gst-1.0, python3-numpy, gstreamer1.0-plugins-good;
GST_PLUGIN_PATH names the folder with the plugin.
"""

import argparse
import sys

import gi
import numpy

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402 (the version has to be asked for first)

Gst.init(None)

# Whoever computes for long gets the newest picture next, not one that has waited.
PIPELINE = """
    mjpeghttpsrc name=camera skip-backlog=true ! jpegdec ! videoconvert
    ! video/x-raw,format=BGR ! appsink name=sink sync=false max-buffers=1 drop=true
"""
SINCE_1970 = Gst.Caps.from_string("timestamp/x-unix")


def frames(url, **properties):
    """Yield (picture, pts, captured) until the stream ends.

    picture: array of height x width x 3 bytes, blue green red, the caller's own.
    pts: running time in seconds.
    captured: seconds since 1970 by the camera's clock; None where it tells none.
    properties: of mjpeghttpsrc, with _ for -, as in connect_timeout=2.

    Raises RuntimeError when the camera cannot be read.
    """
    pipeline = Gst.parse_launch(PIPELINE)
    camera = pipeline.get_by_name("camera")
    camera.set_property("location", url)
    for name, value in properties.items():
        camera.set_property(name.replace("_", "-"), value)
    try:
        pipeline.set_state(Gst.State.PLAYING)
        for sample in samples(pipeline.get_by_name("sink"), pipeline.get_bus()):
            buffer = sample.get_buffer()
            yield picture(sample), buffer.pts / Gst.SECOND, captured(buffer)
    finally:
        pipeline.set_state(Gst.State.NULL)


def samples(sink, bus):
    while True:
        message = bus.pop_filtered(Gst.MessageType.EOS | Gst.MessageType.ERROR)
        if message and message.type == Gst.MessageType.ERROR:
            raise RuntimeError(message.parse_error()[0].message)
        # The end is told when the last sample has been taken.
        if message:
            return
        # Python sees Ctrl-C only between two calls.
        sample = sink.emit("try-pull-sample", Gst.SECOND // 10)
        if sample:
            yield sample


def picture(sample):
    caps = sample.get_caps().get_structure(0)
    width, height = caps.get_int("width").value, caps.get_int("height").value
    shape = (height, width, 3)
    # Rows are padded to whole words.
    strides = ((3 * width + 3) // 4 * 4, 3, 1)
    with sample.get_buffer().map(Gst.MapFlags.READ) as memory:
        return numpy.ndarray(shape, numpy.uint8, memory.data, 0, strides).copy()


def captured(buffer):
    meta = buffer.get_reference_timestamp_meta(SINCE_1970)
    return meta.timestamp / Gst.SECOND if meta else None


def main():
    parser = argparse.ArgumentParser(description="Print what comes from a camera.")
    parser.add_argument("url", help="http or https address; user:password@ in it is used")
    parser.add_argument("--count", type=int, help="end after so many pictures")
    options = parser.parse_args()
    try:
        # The counter comes first, so that no picture is waited for behind the last.
        counter = range(1, options.count + 1) if options.count else iter(int, 1)
        for _, (array, pts, moment) in zip(counter, frames(options.url)):
            colour = array.mean(axis=(0, 1)).round().astype(int)
            time = "no capture time" if moment is None else f"captured {moment:.6f}"
            print(f"{array.shape} {array.dtype} mean BGR {colour} pts {pts:.3f} {time}")
    except RuntimeError as error:
        return str(error)
    except KeyboardInterrupt:
        pass
    return None


if __name__ == "__main__":
    sys.exit(main())
