"""GStreamer as this process has it, with the element in it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

OLDEST = (1, 18)

if sys.platform in ("win32", "darwin"):
    _HINT = "Install GStreamer's wheels: python -m pip install gstreamer-bundle"
else:
    _HINT = (
        "Install GStreamer and its Python binding with the system's package manager; "
        "in Debian and Ubuntu: python3-gi gir1.2-gstreamer-1.0 gstreamer1.0-plugins-good. "
        "In a virtual environment: python3 -m venv --system-site-packages"
    )


def _import_gst() -> Any:
    try:
        import gi
    except ImportError as error:
        raise ImportError(f"mjpeghttpsrc needs PyGObject ({error}). {_HINT}") from error
    try:
        gi.require_version("Gst", "1.0")
        from gi.repository import Gst
    except (ImportError, ValueError) as error:
        raise ImportError(f"mjpeghttpsrc needs GStreamer ({error}). {_HINT}") from error
    return Gst


def _start(gst: Any) -> None:
    if not gst.is_initialized():
        gst.init(None)
    if tuple(gst.version())[:2] < OLDEST:
        raise ImportError(
            f"mjpeghttpsrc needs GStreamer {OLDEST[0]}.{OLDEST[1]} or newer, "
            f"and this is {gst.version_string()}. {_HINT}"
        )


def _load_plugin(gst: Any) -> None:
    """Take the plugin of this package; without one, that of the system.

    A plugin of the same name that is installed in the system gives way to this one, unless
    the process has loaded it already: then both have the same element, and it stays.
    """
    for file in Path(__file__).parent.glob("*gstmjpeghttp.*"):
        try:
            gst.Plugin.load_file(str(file))
        except Exception as error:  # GLib.Error, whose module comes with gi
            raise ImportError(f"GStreamer cannot load {file.name}: {error}") from error
    if gst.ElementFactory.find("mjpeghttpsrc") is None:
        raise ImportError("This wheel is without its plugin, and the system has none either")


Gst: Any = _import_gst()
_start(Gst)
_load_plugin(Gst)
