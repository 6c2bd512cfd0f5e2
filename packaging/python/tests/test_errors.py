"""What ends a stream, and what is no argument."""

from __future__ import annotations

import pickle
import unittest
from typing import Any

from camera import TestCamera
from mjpeghttpsrc import CameraError, frames

UNUSED = "http://127.0.0.1:1/"


class Errors(unittest.TestCase):
    def fails(self, url: str, **options: Any) -> CameraError:
        with self.assertRaises(CameraError) as raised:
            list(frames(url, **options))
        return raised.exception

    def test_the_right_login_is_taken(self) -> None:
        with TestCamera("--login", "admin:geheim") as camera:
            image = next(frames(camera.url, login="admin", password="geheim"))
            self.assertEqual(image.shape, (480, 640, 3))
            in_address = camera.url.replace("//", "//admin:geheim@")
            self.assertEqual(next(frames(in_address)).shape, (480, 640, 3))

    def test_a_wrong_password_is_an_error_without_it(self) -> None:
        with TestCamera("--login", "admin:geheim") as camera:
            error = self.fails(camera.url, login="admin", password="falsch")
            self.assertEqual(error.reason, "not-authorized")
            self.assertIn(camera.url, str(error))
            self.assertIn("password", str(error))
            self.assertNotIn("falsch", str(error))
            self.assertEqual(self.fails(camera.url).reason, "not-authorized")

    def test_an_address_that_is_not_there(self) -> None:
        with TestCamera() as camera:
            error = self.fails(camera.url.replace("stream", "nothing"))
        self.assertEqual(error.reason, "not-found")
        # Nothing of what GStreamer has for its developers.
        self.assertNotIn(".rs", str(error))
        self.assertNotIn("\n", str(error))

    def test_an_address_that_is_none(self) -> None:
        self.assertEqual(self.fails("rtsp://camera/").reason, "settings")

    def test_secrets_stay_out(self) -> None:
        error = self.fails("http://me:geheim@127.0.0.1:1/?pw=versteckt", retries=0)
        self.assertEqual(error.reason, "open-read")
        self.assertNotIn("geheim", str(error))
        self.assertNotIn("versteckt", str(error))

    def test_a_camera_that_goes_away_ends_the_stream(self) -> None:
        with TestCamera() as camera:
            stream = frames(camera.url, retries=0)
            next(stream)
            camera.go_away()
            # It may have been heard of as an end or as a broken connection.
            try:
                for _ in stream:
                    pass
            except CameraError as error:
                self.assertEqual(error.reason, "read")

    def test_a_camera_that_stays_away_is_an_error_with_warnings_before(self) -> None:
        with TestCamera() as camera:
            stream = frames(camera.url, retries=2, retry_backoff_factor=0)
            next(stream)
            camera.go_away()
            with self.assertLogs("mjpeghttpsrc", "WARNING") as logged:
                with self.assertRaises(CameraError) as raised:
                    list(stream)
        self.assertIn(raised.exception.reason, ("read", "open-read"))
        self.assertIn(camera.url, logged.output[0])

    def test_an_error_passes_between_processes(self) -> None:
        error = self.fails(UNUSED, retries=0)
        again = pickle.loads(pickle.dumps(error))
        self.assertEqual((str(again), again.reason), (str(error), error.reason))
        self.assertIsInstance(again, OSError)
