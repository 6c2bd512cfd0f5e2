"""What the pictures are like."""

from __future__ import annotations

import time
import unittest
from itertools import islice

import mjpeghttpsrc
import numpy as np
from camera import TestCamera


class Pictures(unittest.TestCase):
    def test_three_lines_give_ten_arrays(self) -> None:
        with TestCamera("--size", "320x240") as camera:
            shapes = []
            for image in islice(mjpeghttpsrc.frames(camera.url), 10):
                shapes.append((image.shape, image.dtype, image.flags.writeable))
        self.assertEqual(shapes, [((240, 320, 3), np.uint8, True)] * 10)

    def test_padded_rows_are_cut(self) -> None:
        for width in (321, 322, 323):
            with self.subTest(width=width), TestCamera("--size", f"{width}x240") as camera:
                colour = one(camera, format="BGR")
                grey = one(camera, format="GRAY8")
                self.assertEqual(colour.shape, (240, width, 3))
                self.assertEqual(grey.shape, (240, width))
                # A row that is cut wrongly moves against the one above: the picture leans.
                for image in (colour, grey):
                    rows = image.astype(int)
                    across = np.abs(np.diff(rows, axis=1)).mean()
                    down = np.abs(np.diff(rows, axis=0)).mean()
                    self.assertLess(down, 3 * across + 1)

    def test_formats_are_the_same_picture(self) -> None:
        with TestCamera() as camera:
            bgr, rgb = one(camera, format="BGR"), one(camera, format="RGB")
            grey, jpeg = one(camera, format="GRAY8"), one(camera, format="jpeg")
        means = bgr.mean(axis=(0, 1))
        np.testing.assert_allclose(means, rgb.mean(axis=(0, 1))[::-1], atol=8)
        self.assertGreater(np.ptp(means), 8, "else the order of the colours is not to be seen")
        self.assertAlmostEqual(means @ (0.114, 0.587, 0.299), grey.mean(), delta=20)
        self.assertEqual((jpeg[:2], jpeg[-2:]), (b"\xff\xd8", b"\xff\xd9"))

    def test_pictures_are_apart(self) -> None:
        with TestCamera() as camera:
            first, second = islice(mjpeghttpsrc.frames(camera.url), 2)
        second[:] = 0
        self.assertTrue(first.any())


class Times(unittest.TestCase):
    def test_both_clocks_say_when_it_was_taken(self) -> None:
        before = time.time()
        with TestCamera() as camera:
            # What the camera's clock is like is known after some pictures.
            *_, last = islice(mjpeghttpsrc.frames(camera.url, timestamps=True), 60)
        self.assertEqual(last.image.shape, (480, 640, 3))
        self.assertTrue(before < last.time <= time.time(), last.time)
        # Both are of this computer here.
        assert last.camera_time is not None
        self.assertAlmostEqual(last.camera_time, last.time, delta=1)

    def test_a_camera_without_a_clock_has_no_time_of_its_own(self) -> None:
        before = time.time()
        with TestCamera("--timestamps", "off") as camera:
            stream = mjpeghttpsrc.frames(camera.url, timestamps=True, format="jpeg")
            *_, last = islice(stream, 20)
        self.assertIsInstance(last.image, bytes)
        self.assertIsNone(last.camera_time)
        self.assertTrue(before < last.time <= time.time(), last.time)

    def test_times_go_on(self) -> None:
        with TestCamera() as camera:
            stream = mjpeghttpsrc.frames(camera.url, timestamps=True, skip_backlog=False)
            times = [frame.time for frame in islice(stream, 30)]
        self.assertEqual(times, sorted(times))


def one(camera: TestCamera, **options):  # type: ignore[no-untyped-def]
    return next(mjpeghttpsrc.frames(camera.url, **options))
