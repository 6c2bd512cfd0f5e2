"""What ends a stream too early, as an exception."""

from __future__ import annotations

from typing import Any


class CameraError(OSError):
    """A camera cannot be read.

    The text says what happened, to which camera, and what to do.
    """

    #: What kind of error it is, by the name of GStreamer's code: ``not-authorized``,
    #: ``not-found``, ``open-read``, ``read``, ``busy``, ``settings``, ``wrong-type``, …
    reason: str

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason

    def __reduce__(self) -> tuple[Any, ...]:
        # With both arguments, so that it passes from one process to another.
        return type(self), (str(self), self.reason)
