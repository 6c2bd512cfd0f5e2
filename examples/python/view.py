#!/usr/bin/python3
"""Show a camera in a window, or save one picture of it.

    view.py http://camera/video.mjpg
    view.py http://camera/video.mjpg --png frame.png

Debian: python3-gst-1.0, gstreamer1.0-plugins-good; GST_PLUGIN_PATH names the
folder with the plugin.
"""

import argparse
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402 (the version has to be asked for first)

# Who looks wants the newest picture at once, not all of them in their own time.
WINDOW = "mjpeghttpsrc name=camera skip-backlog=true ! jpegdec ! autovideosink sync=false"
PNG = (
    "mjpeghttpsrc name=camera num-buffers=1 ! jpegdec ! videoconvert ! video/x-raw,format=RGB"
    " ! pngenc ! filesink name=file"
)


def main():
    parser = argparse.ArgumentParser(description="Show a camera, or save one picture of it.")
    parser.add_argument("url", help="http or https address; user:password@ in it is used")
    parser.add_argument("--png", metavar="FILE", help="save one picture, show nothing")
    options = parser.parse_args()

    Gst.init(None)
    pipeline = Gst.parse_launch(PNG if options.png else WINDOW)
    # As properties, so that nothing in them is taken for pipeline syntax.
    pipeline.get_by_name("camera").props.location = options.url
    if options.png:
        pipeline.get_by_name("file").props.location = options.png
    try:
        return run(pipeline)
    except KeyboardInterrupt:
        return None


def run(pipeline):
    """Play to the end; None, or the error as text."""
    pipeline.set_state(Gst.State.PLAYING)
    try:
        while True:
            message = next_message(pipeline.get_bus())
            if message.type == Gst.MessageType.EOS:
                return None
            if message.type == Gst.MessageType.ERROR:
                return message.parse_error()[0].message
            # The camera is away; the element tries again by itself.
            print(message.parse_warning()[0].message, file=sys.stderr)
    finally:
        pipeline.set_state(Gst.State.NULL)


def next_message(bus):
    kinds = Gst.MessageType.EOS | Gst.MessageType.ERROR | Gst.MessageType.WARNING
    while True:
        # Python sees Ctrl-C only between two calls.
        message = bus.timed_pop_filtered(Gst.SECOND // 10, kinds)
        if message:
            return message


if __name__ == "__main__":
    sys.exit(main())
