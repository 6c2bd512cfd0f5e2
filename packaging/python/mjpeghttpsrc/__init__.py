"""Network cameras that send MJPEG over HTTP, for Python.

Importing this package makes the element ``mjpeghttpsrc`` known to the GStreamer of the
process, so that every pipeline can use it. :func:`frames` gives a camera's pictures as
numpy arrays, without a word about GStreamer::

    import mjpeghttpsrc

    for image in mjpeghttpsrc.frames("http://camera/video.mjpg"):
        print(image.shape, image.mean())
"""

from importlib.metadata import version

from ._errors import CameraError
from ._frames import Frame, JpegFrame, frames

__all__ = ["CameraError", "Frame", "JpegFrame", "__version__", "frames"]

__version__ = version("mjpeghttpsrc")
