#!/usr/bin/python3
"""Serves a camera as RTSP, in H.264, for recorders that take nothing else.

    rtsp_server.py URL [PORT]

The camera is at rtsp://HOST:PORT/camera (8554), for any number of viewers over one connection to
it. Port 0 is a free one.

Debian: python3-gi, gir1.2-gst-rtsp-server-1.0, gstreamer1.0-plugins-good and -bad, and
gstreamer1.0-plugins-ugly for x264enc; GST_PLUGIN_PATH names the folder with the plugin.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

# A picture of each second is whole, so that a viewer who comes later waits for no longer.
ENCODER = "x264enc tune=zerolatency speed-preset=veryfast key-int-max=30"


def main(url: str, port: str = "8554") -> None:
    Gst.init(None)
    factory = GstRtspServer.RTSPMediaFactory()
    # The first viewer starts the camera, the last one stops it; the others share it.
    factory.set_shared(True)
    quoted = url.replace("\\", "\\\\").replace('"', '\\"')
    factory.set_launch(
        f'( mjpeghttpsrc location="{quoted}" ! jpegdec ! videoconvert ! video/x-raw,format=I420'
        f" ! {ENCODER} ! h264parse ! rtph264pay name=pay0 config-interval=-1 )"
    )
    server = GstRtspServer.RTSPServer(service=port)
    server.get_mount_points().add_factory("/camera", factory)
    if not server.attach(None):
        sys.exit(f"cannot listen on port {port}: does another program have it?")
    print(f"Server ready: rtsp://127.0.0.1:{server.get_bound_port()}/camera", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        pass
