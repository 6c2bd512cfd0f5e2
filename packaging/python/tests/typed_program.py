"""What a type checker has to find out by itself; nobody runs this."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from mjpeghttpsrc import CameraError, Frame, JpegFrame, frames
from typing_extensions import assert_type

URL = "http://camera/video.mjpg"

for image in frames(URL, login="me", password="secret", ssl_ca_file="ca.pem", retries=3):
    assert_type(image, npt.NDArray[np.uint8])
for frame in frames(URL, timestamps=True, format="GRAY8"):
    assert_type(frame, Frame)
    assert_type(frame.image, npt.NDArray[np.uint8])
    assert_type(frame.time, float)
    assert_type(frame.camera_time, "float | None")
for data in frames(URL, format="jpeg"):
    assert_type(data, bytes)
for jpeg_frame in frames(URL, format="jpeg", timestamps=True):
    assert_type(jpeg_frame, JpegFrame)
try:
    next(frames(URL))
except CameraError as error:
    assert_type(error.reason, str)

# Errors, and an error of the checker if it finds none.
frames(URL, pasword="secret")  # type: ignore[call-overload]
frames(URL, timeout="3")  # type: ignore[call-overload]
frames(URL, format="I420")  # type: ignore[call-overload]
frames(URL, timestamp_mode="never")  # type: ignore[call-overload]
