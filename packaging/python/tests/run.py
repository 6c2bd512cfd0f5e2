"""Runs the tests of the package that is installed; tests/wheel.sh starts it.

--without-gst-python: as where PyGObject alone is there.
"""

from __future__ import annotations

import sys
import unittest
from pathlib import Path


def main() -> int:
    if "--without-gst-python" in sys.argv:
        import gi.overrides  # noqa: F401 (it has to be there before it is told what is not)

        # Python takes this for a module that cannot be found.
        sys.modules["gi.overrides.Gst"] = None  # type: ignore[assignment]
    tests = unittest.defaultTestLoader.discover(str(Path(__file__).parent))
    # What is logged belongs to the output of a test that fails.
    result = unittest.TextTestRunner(buffer=True).run(tests)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
