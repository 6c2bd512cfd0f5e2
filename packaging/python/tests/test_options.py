"""What can be said beside the address."""

from __future__ import annotations

import unittest
from pathlib import Path
from typing import Any

from camera import Recording, TestCamera
from mjpeghttpsrc import frames
from mjpeghttpsrc._gstreamer import Gst
from mjpeghttpsrc._options import Options, set_options

UNUSED = "http://127.0.0.1:1/"

#: GObject's bit for properties that can be set.
WRITABLE = 1 << 1


class Arguments(unittest.TestCase):
    def test_wrong_ones_are_refused_at_once(self) -> None:
        rows: list[tuple[dict[str, Any], type[Exception], str]] = [
            ({"pasword": "x"}, TypeError, "unexpected keyword argument 'pasword'"),
            ({"location": UNUSED}, TypeError, "unexpected keyword argument 'location'"),
            ({"user-agent": "x"}, TypeError, "unexpected keyword argument 'user-agent'"),
            ({"name": "sink"}, TypeError, "unexpected keyword argument 'name'"),
            ({"timeout": "x"}, TypeError, "timeout cannot be set to a value of type str"),
            ({"login": 5}, TypeError, "login cannot be set to a value of type int"),
            ({"stats": 1}, TypeError, "stats cannot be set"),
            ({"fallback_locations": UNUSED}, TypeError, "fallback_locations cannot be set"),
            ({"fallback_locations": [5]}, TypeError, "fallback_locations cannot be set"),
            ({"extra_headers": "a: b"}, TypeError, "extra_headers cannot be set"),
            ({"timeout": 3601}, ValueError, "timeout is 3601, and goes from 0 to 3600"),
            ({"retries": -2}, ValueError, "retries is -2"),
            ({"timestamp_mode": "x"}, ValueError, "timestamp_mode cannot be 'x'"),
            ({"format": "I420"}, ValueError, "BGR, RGB, GRAY8, jpeg"),
        ]
        for options, kind, text in rows:
            with self.subTest(options), self.assertRaisesRegex(kind, text):
                frames(UNUSED, **options)
        with self.assertRaisesRegex(TypeError, "not a text"):
            frames(5)  # type: ignore[call-overload]

    def test_a_password_of_a_wrong_type_is_not_told(self) -> None:
        with self.assertRaises(TypeError) as raised:
            frames(UNUSED, password=["geheim"])  # type: ignore[call-overload]
        self.assertNotIn("geheim", str(raised.exception))
        self.assertIsNone(raised.exception.__cause__)
        self.assertTrue(raised.exception.__suppress_context__)

    def test_fallback_locations_are_tried(self) -> None:
        with TestCamera() as camera:
            addresses = [UNUSED + '"a\\b, c', camera.url]
            image = next(frames(UNUSED, fallback_locations=addresses))
        self.assertEqual(image.shape, (480, 640, 3))

    def test_header_fields_reach_the_camera(self) -> None:
        with TestCamera() as camera:
            jpeg = next(frames(camera.url, format="jpeg"))
        with Recording([jpeg]) as recording:
            stream = frames(
                recording.url,
                user_agent="me/1",
                extra_headers={"X-Key": 'a"b, c'},
                cookies=["d=e", "f=g"],
            )
            next(stream)
            stream.close()
            heard = recording.asked[0]
        self.assertEqual((heard["User-Agent"], heard["X-Key"]), ("me/1", 'a"b, c'))
        self.assertEqual(heard["Cookie"], "d=e; f=g")

    def test_properties_are_set(self) -> None:
        camera = Gst.ElementFactory.make("mjpeghttpsrc", None)
        wanted = {"timeout": 3, "retry_backoff_max": 1.5, "ssl_strict": False, "login": "me"}
        set_options(camera, {**wanted, "timestamp_mode": "arrival", "ssl_ca_file": Path("/a")})
        found = {name: camera.get_property(name.replace("_", "-")) for name in wanted}
        self.assertEqual(found, wanted)
        self.assertEqual(camera.get_property("timestamp-mode").value_nick, "arrival")
        self.assertEqual(camera.get_property("ssl-ca-file"), "/a")

    def test_types_know_the_properties_of_the_element(self) -> None:
        camera = Gst.ElementFactory.make("mjpeghttpsrc", None)
        own = {
            spec.name.replace("-", "_")
            for spec in camera.list_properties()
            if spec.owner_type == camera.__gtype__ and spec.flags & WRITABLE
        }
        # The address is an argument; is-live is for pipelines of another element.
        self.assertEqual(own - {"location", "is_live"}, set(Options.__annotations__))
