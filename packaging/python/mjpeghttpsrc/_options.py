"""The options of a camera: the properties of the element, with ``_`` for ``-``."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict, Union

from ._gstreamer import Gst

Path = Union[str, "os.PathLike[str]"]


class Options(TypedDict, total=False):
    """What :func:`mjpeghttpsrc.frames` takes beside the address; all can be left out."""

    fallback_locations: Sequence[str]
    login: str
    password: str
    user_id: str
    user_pw: str
    user_agent: str
    extra_headers: Mapping[str, str]
    cookies: Sequence[str]
    proxy: str
    proxy_id: str
    proxy_pw: str
    ssl_strict: bool
    ssl_legacy: bool
    ssl_ca_file: Path
    ssl_fingerprint: str
    ssl_client_cert: Path
    ssl_client_key: Path
    connect_timeout: int
    timeout: int
    frozen_timeout: int
    retries: int
    retry_backoff_factor: float
    retry_backoff_max: float
    timestamp_mode: Literal["auto", "arrival", "camera"]
    latency: int
    max_backlog: int
    skip_backlog: bool
    max_frame_size: int
    snapshot_interval: int


def set_options(camera: Any, options: Mapping[str, object]) -> None:
    """Set the properties of the element; wrong ones are errors, as wrong arguments are."""
    for name, value in options.items():
        spec = None if "-" in name else camera.find_property(name.replace("_", "-"))
        if spec is None or name == "location" or spec.owner_type != camera.__gtype__:
            raise TypeError(f"frames() got an unexpected keyword argument '{name}'")
        _check_range(name, spec, value)
        try:
            _set(camera, spec, value)
        except (TypeError, ValueError, OverflowError):
            if isinstance(value, str) and spec.value_type.fundamental.name == "GEnum":
                raise ValueError(f"frames(): {name} cannot be {value!r}") from None
            # The text of that one may hold the value, and the value may be a password.
            kind = type(value).__name__
            raise TypeError(f"frames(): {name} cannot be set to a value of type {kind}") from None


def _check_range(name: str, spec: Any, value: object) -> None:
    # GObject would take the nearest number that is allowed, and say nothing.
    lowest, highest = getattr(spec, "minimum", None), getattr(spec, "maximum", None)
    if lowest is None or highest is None or not isinstance(value, (int, float)):
        return
    if not lowest <= value <= highest:
        raise ValueError(f"frames(): {name} is {value}, and goes from {lowest} to {highest}")


def _set(camera: Any, spec: Any, value: object) -> None:
    if spec.value_type.name == "GstValueArray":
        # As text, since PyGObject by itself knows no arrays of GStreamer's.
        Gst.util_set_object_arg(camera, spec.name, _array(value))
    elif spec.value_type.name == "GstStructure":
        camera.set_property(spec.name, _structure(value))
    elif spec.value_type.name == "gchararray":
        camera.set_property(spec.name, _text(value))
    else:
        camera.set_property(spec.name, value)


def _text(value: object) -> str | None:
    # PyGObject takes every object, by what str() says.
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if value is None or isinstance(value, str):
        return value
    raise TypeError


def _array(value: object) -> str:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError
    texts = [str.replace(text, "\\", "\\\\").replace('"', '\\"') for text in value]
    return "<" + ", ".join(f'"{text}"' for text in texts) + ">"


def _structure(value: object) -> Any:
    if not isinstance(value, Mapping):
        raise TypeError
    structure = Gst.Structure.new_empty("headers")
    for field, text in value.items():
        structure.set_value(field, text)
    return structure
