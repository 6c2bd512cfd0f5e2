"""How a stream begins, ends and waits."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import sys
import threading
import time
import unittest
from contextlib import closing
from itertools import islice
from pathlib import Path

from camera import Recording, TestCamera
from mjpeghttpsrc import CameraError, frames

PATIENCE = 30.0
PROC = Path("/proc/self")
#: GLib keeps threads for a while that have nothing to do: two at most, and one that waits
#: for new work.
IDLE = 4


def threads() -> list[str]:
    names = []
    for task in (PROC / "task").iterdir():
        # One may end while it is looked at.
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            names.append((task / "comm").read_text().strip())
    return names


def sockets() -> int:
    links = []
    for descriptor in (PROC / "fd").iterdir():
        try:
            links.append(os.readlink(descriptor))
        except OSError:
            pass  # That of the folder itself, which is closed by now.
    return sum(link.startswith("socket:") for link in links)


def resident() -> int:
    """Return the memory of this process in bytes."""
    pages = int((PROC / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@unittest.skipUnless(PROC.exists(), "only Linux shows threads and sockets")
class Ends(unittest.TestCase):
    def setUp(self) -> None:
        gc.collect()
        self.before = sockets()

    def assert_nothing_is_left(self) -> None:
        self.assertEqual(sockets(), self.before)
        reading = [name for name in threads() if name.startswith("mjpeghttp")]
        self.assertEqual(reading, [])

    def test_close(self) -> None:
        with TestCamera() as camera:
            with closing(frames(camera.url)) as stream:
                next(stream)
                self.assertGreater(sockets(), self.before)
                self.assertIn("mjpeghttp-read", threads())
            self.assert_nothing_is_left()
            self.assertRaises(StopIteration, next, stream)

    def test_nobody_refers_to_it(self) -> None:
        with TestCamera() as camera:
            stream = frames(camera.url)
            next(stream)
            self.assertGreater(sockets(), self.before)
            del stream
            gc.collect()
            self.assert_nothing_is_left()

    def test_it_is_never_begun(self) -> None:
        frames("http://127.0.0.1:1/")
        gc.collect()
        self.assert_nothing_is_left()

    def test_the_stream_ends(self) -> None:
        with TestCamera() as camera:
            jpegs = list(islice(frames(camera.url, format="jpeg", skip_backlog=False), 5))
        with Recording(jpegs) as recording:
            stream = frames(recording.url, retries=0, skip_backlog=False)
            self.assertEqual(len(list(stream)), 5)
            again = frames(recording.url, retries=0, skip_backlog=False, format="jpeg")
            self.assertEqual(list(again), jpegs)
        self.assert_nothing_is_left()

    def test_threads_do_not_add_up(self) -> None:
        before = len(threads())
        with TestCamera() as camera:
            for _ in range(20):
                list(islice(frames(camera.url), 1))
        self.assertLessEqual(len(threads()), before + IDLE)


class Processes(unittest.TestCase):
    def run_python(self, program: str, address: str) -> subprocess.Popen[str]:
        # Not in the folder of the source, where the package has no plugin.
        return subprocess.Popen(
            [sys.executable, "-c", program, address],
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def test_ctrl_c_ends_it(self) -> None:
        program = (
            "import mjpeghttpsrc, signal, sys\n"
            # Whoever starts the tests may have switched it off.
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "for image in mjpeghttpsrc.frames(sys.argv[1]): print('image', flush=True)\n"
        )
        with TestCamera() as camera, self.run_python(program, camera.url) as process:
            assert process.stdout
            self.assertEqual(process.stdout.readline(), "image\n")
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=PATIENCE)
        self.assertTrue(errors.rstrip().endswith("KeyboardInterrupt"), errors)

    def test_ctrl_c_ends_waiting_for_a_camera(self) -> None:
        program = (
            "import mjpeghttpsrc, signal, sys\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "next(mjpeghttpsrc.frames(sys.argv[1]))\n"
        )
        with self.run_python(program, "http://127.0.0.1:1/") as process:
            assert process.stderr
            self.assertIn("http://127.0.0.1:1/", process.stderr.readline())
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=PATIENCE)
        self.assertTrue(errors.rstrip().endswith("KeyboardInterrupt"), errors)

    def test_a_program_may_end_in_mid_stream(self) -> None:
        program = (
            "import mjpeghttpsrc, sys\n"
            "stream = mjpeghttpsrc.frames(sys.argv[1])\n"
            "print(next(stream).shape)\n"
        )
        with TestCamera() as camera, self.run_python(program, camera.url) as process:
            said, errors = process.communicate(timeout=PATIENCE)
        self.assertEqual((process.returncode, said, errors), (0, "(480, 640, 3)\n", ""))


class Threads(unittest.TestCase):
    def test_two_cameras_in_two_threads(self) -> None:
        shapes: dict[str, set[tuple[int, ...]]] = {}

        def watch(address: str) -> None:
            shapes[address] = {image.shape for image in islice(frames(address), 20)}

        with TestCamera("--size", "320x240") as one, TestCamera("--size", "160x120") as two:
            watchers = [threading.Thread(target=watch, args=[a.url]) for a in (one, two)]
            for watcher in watchers:
                watcher.start()
            for watcher in watchers:
                watcher.join(PATIENCE)
            expected = {one.url: {(240, 320, 3)}, two.url: {(120, 160, 3)}}
        self.assertEqual(shapes, expected)

    def test_waiting_for_a_camera_keeps_no_other_thread_waiting(self) -> None:
        def wait() -> None:
            # 0.1 s, 0.2 s, 0.4 s and 0.8 s between the attempts.
            stream = frames("http://127.0.0.1:1/", retries=5, retry_backoff_factor=0.1)
            self.assertRaises(CameraError, next, stream)

        waiting = threading.Thread(target=wait)
        waiting.start()
        turns = 0
        with self.assertLogs("mjpeghttpsrc"):
            while waiting.is_alive():
                time.sleep(0.001)
                turns += 1
        # Hundreds; ten in a second if Python stood still while GStreamer waits.
        self.assertGreater(turns, 50)


class SlowPrograms(unittest.TestCase):
    """They take 0.4 s for each picture of a camera that has one each 0.04 s."""

    def watch(self, skip_backlog: bool) -> tuple[float, float]:
        """Return how long it has taken, and how long it was for the camera."""
        with TestCamera() as camera:
            stream = frames(
                camera.url, format="jpeg", timestamps=True, skip_backlog=skip_backlog
            )
            first = next(stream).time
            began = time.monotonic()
            for _ in range(8):
                time.sleep(0.4)
                last = next(stream).time
            return time.monotonic() - began, last - first

    def test_the_newest_picture_comes_next(self) -> None:
        took, passed = self.watch(skip_backlog=True)
        self.assertGreater(passed, took / 2)

    def test_each_picture_comes_if_wanted(self) -> None:
        took, passed = self.watch(skip_backlog=False)
        self.assertLess(passed, took / 2)

    @unittest.skipUnless(PROC.exists(), "only Linux shows the memory")
    def test_memory_has_a_bound(self) -> None:
        with TestCamera("--size", "1280x720") as camera:
            for skip in (True, False):
                stream = frames(camera.url, skip_backlog=skip)
                list(islice(stream, 5))
                before = resident()
                # 75 pictures of 2.8 MB.
                time.sleep(3)
                next(stream)
                self.assertLess(resident() - before, 60_000_000, f"skip_backlog={skip}")
                stream.close()
