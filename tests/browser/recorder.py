"""The web page of mjpeg-record in Chromium, with a board that a test fills: pictures move, a
camera that goes away is seen to be away within two seconds and comes back, a segment is
played, names are only text, and the console has nothing to complain of.

    recorder.py TESTS SCREENSHOTS

TESTS is the test program; what was seen goes to the folder SCREENSHOTS.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
import time

from PIL import Image

import browsers

BOARD = "examples::recorder::web::tests::show::a_board_for_a_browser"
PATIENCE = 30
# The longest time until a camera that is away is seen to be.
AWAY = 2
FEW = ["door", "yard", "garage", "attic", "Привет", "門口"]
NAMES = ["<script>document.title = 'taken'</script>", "باب", "Привет", "門口", "a&b \"c\" 'd'", "👁"]


class Board:
    """The test that serves the page, and takes lines of JSON."""

    def __init__(self, tests):
        command = [tests, "--exact", BOARD, "--ignored", "--nocapture"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.address = self._line("Page ready: ")

    def tell(self, **command):
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        self._line("Done")

    def close(self):
        self._process.kill()
        self._process.wait()

    def _line(self, start):
        for line in self._process.stdout:
            # The test program has begun the line.
            if start in line:
                return line.split(start)[1].strip()
        raise RuntimeError(f"the board has not said {start}")


def main():
    tests, folder = sys.argv[1:]
    with contextlib.ExitStack() as stack:
        board = stack.enter_context(contextlib.closing(Board(tests)))
        page = stack.enter_context(contextlib.closing(browsers.Chromium()))

        def see(name, width=1280, height=800, scheme="light"):
            page.become(width, height, scheme)
            time.sleep(0.5)
            Image.open(io.BytesIO(page.screenshot())).save(os.path.join(folder, f"recorder-{name}.png"))

        page.become(1280, 800, "light")
        page.open(board.address)
        wait(page, "no camera", "return !document.querySelector('#empty').hidden")
        see("none")

        board.tell(cameras=FEW)
        board.tell(recorded="door")
        wait(page, "six cameras", shown(6))
        moves(page)
        wait(page, "all live", "return document.body.innerText.includes('6 of 6 cameras live')")
        see("overview")
        see("overview-dark", scheme="dark")
        see("phone", 390, 844)

        board.tell(away="yard")
        wait(page, "away", words("yard", "no route to host"), AWAY)
        see("away", scheme="dark")
        board.tell(back="yard")
        wait(page, "back", f"return !({words('yard', 'no route to host')[7:]})", AWAY + 1)

        board.tell(alarm="the disk has 3 MB left")
        wait(page, "alarm", "return document.body.innerText.includes('the disk has 3 MB left')")
        board.tell(alarm="")

        page.run("document.querySelector('#grid .view').click()")
        wait(page, "one camera", "return !document.querySelector('#camera').hidden && "
             "document.querySelector('#camera figure img').naturalWidth > 0")
        see("camera", height=1000)
        see("camera-phone", 390, 1400, "dark")

        # The newest of the twenty segments is a real one.
        picture = "document.querySelector('#camera figure img')"
        page.run("document.querySelector('#segments button').click()")
        wait(page, "recorded pictures", f"return {picture}.naturalWidth === 320")
        wait(page, "their time",
             "return document.querySelector('#camera .chip').innerText.startsWith('recorded ')")
        page.run("document.querySelector('#live').click()")
        wait(page, "live again", f"return {picture}.naturalWidth === 480")

        page.become(1280, 800, "light")
        page.open(board.address)
        board.tell(cameras=NAMES)
        wait(page, "names of every script", shown(len(NAMES)))
        title = page.run("return document.title")
        text = page.run("return document.querySelector('#grid').innerText")
        scripts = page.run("return document.querySelectorAll('#grid script').length")
        missing = [name for name in NAMES if name not in text]
        if missing or scripts or title == "taken":
            raise RuntimeError(f"missing names {missing}, scripts {scripts}, title {title}")
        see("names")

        # Those out of sight have no pictures.
        page.become(1280, 6000, "light")
        board.tell(cameras=[f"camera {number}" for number in range(1, 51)])
        wait(page, "fifty cameras", shown(50))
        moves(page)
        see("fifty")

        complaints = page.complaints()
        if complaints:
            raise RuntimeError(f"the console complains: {complaints}")
        print("console: nothing", flush=True)


def shown(count):
    """So many cameras have a picture, which the next one may take the place of just now."""
    return ("return [...document.querySelectorAll('#grid img')]"
            f".filter(img => img.src.startsWith('blob:')).length === {count}")


def words(camera, text):
    return ("return [...document.querySelectorAll('#grid > *')].some(card => "
            f"card.innerText.includes({json.dumps(camera)}) && card.innerText.includes({json.dumps(text)}))")


def moves(page):
    """Each camera has another picture soon."""
    sources = "return [...document.querySelectorAll('#grid img')].map(img => img.src)"
    before = page.run(sources)
    end = time.monotonic() + PATIENCE
    while any(a == b for a, b in zip(before, page.run(sources))):
        if time.monotonic() > end:
            raise RuntimeError("pictures do not move")
        time.sleep(0.1)
    print("pictures: move", flush=True)


def wait(page, what, script, patience=PATIENCE):
    begun = time.monotonic()
    while True:
        try:
            if page.run(script):
                break
        except RuntimeError:
            # There is no page yet.
            pass
        if time.monotonic() - begun > patience:
            raise RuntimeError(f"{what}: not within {patience} s")
        time.sleep(0.05)
    print(f"{what}: yes, after {time.monotonic() - begun:.1f} s", flush=True)


main()
