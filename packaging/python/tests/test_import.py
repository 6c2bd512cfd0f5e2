"""Importing the package, in processes of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import mjpeghttpsrc

GST = "import gi; gi.require_version('Gst', '1.0'); from gi.repository import Gst\n"
FOLDER = Path(mjpeghttpsrc.__file__).parent
PLUGIN = next(FOLDER.glob("*gstmjpeghttp.*"))
# By what is in memory, since GStreamer 1.18 goes on naming the file that it knew first.
WHOSE = (
    "assert Gst.ElementFactory.make('mjpeghttpsrc', None)\n"
    "lines = open('/proc/self/maps').read().splitlines()\n"
    "print(*{line.split()[-1] for line in lines if 'gstmjpeghttp' in line})\n"
)


@unittest.skipUnless(Path("/proc/self/maps").exists(), "only Linux shows what is loaded")
class Import(unittest.TestCase):
    def run_python(self, program: str, **environment: str) -> tuple[str, str]:
        with tempfile.TemporaryDirectory() as folder:
            ended = subprocess.run(
                # Not in the folder of the source, where the package has no plugin.
                [sys.executable, "-c", program],
                cwd=folder,
                env={**os.environ, "GST_REGISTRY": f"{folder}/registry", **environment},
                capture_output=True,
                text=True,
                timeout=120,
            )
        return ended.stdout.strip(), ended.stderr.strip()

    def fails(self, program: str) -> str:
        _, errors = self.run_python(program + "import mjpeghttpsrc\n")
        last = errors.splitlines()[-1]
        self.assertTrue(last.startswith("ImportError: "), errors)
        return last

    def test_pipelines_know_the_element(self) -> None:
        program = "import mjpeghttpsrc\n" + GST + WHOSE
        self.assertEqual(self.run_python(program), (str(PLUGIN), ""))

    def test_the_wheel_comes_before_the_system(self) -> None:
        program = "import mjpeghttpsrc\n" + GST + WHOSE
        with tempfile.TemporaryDirectory() as system:
            shutil.copy(PLUGIN, system)
            found = self.run_python(program, GST_PLUGIN_PATH=system)
        self.assertEqual(found, (str(PLUGIN), ""))

    def test_what_is_loaded_stays(self) -> None:
        program = GST + "Gst.init(None)\n" + WHOSE + "import mjpeghttpsrc\n" + WHOSE
        with tempfile.TemporaryDirectory() as system:
            installed = shutil.copy(PLUGIN, system)
            found = self.run_python(program, GST_PLUGIN_PATH=system)
        self.assertEqual(found, (f"{installed}\n{installed}", ""))

    def test_without_pygobject(self) -> None:
        error = self.fails("import sys; sys.modules['gi'] = None\n")
        self.assertIn("needs PyGObject", error)
        self.assertIn("python3-gi", error)

    def test_without_gstreamer(self) -> None:
        error = self.fails(
            "import gi\n"
            "def none(*_): raise ValueError('Namespace Gst not available')\n"
            "gi.require_version = none\n"
        )
        self.assertIn("needs GStreamer (Namespace Gst not available)", error)
        self.assertIn("gir1.2-gstreamer-1.0", error)

    def test_with_a_gstreamer_that_is_too_old(self) -> None:
        error = self.fails(GST + "Gst.init(None); Gst.version = lambda: (1, 16, 3, 0)\n")
        self.assertIn("needs GStreamer 1.18 or newer", error)

    def test_with_a_broken_plugin(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            package = Path(folder) / "mjpeghttpsrc"
            shutil.copytree(FOLDER, package)
            (package / PLUGIN.name).write_text("no library")
            error = self.fails(f"import sys; sys.path.insert(0, {folder!r})\n")
        self.assertIn(f"GStreamer cannot load {PLUGIN.name}", error)

    def test_licences_are_inside(self) -> None:
        names = {file.name for file in (FOLDER / "licenses").iterdir()}
        self.assertEqual(names, {"LICENSE-APACHE", "LICENSE-MIT", "copyright"})
