"""The page of mjpeg-relay in browsers: the pictures move, they become dark when the camera
is away, and move again when it is back.

    relay.py PROGRAMS SCREENSHOTS

PROGRAMS is the folder with the programs; what was seen goes to the folder SCREENSHOTS.
"""

import contextlib
import io
import os
import subprocess
import sys
import time

from PIL import Image, ImageChops, ImageStat

import browsers

PATIENCE = 60


def main():
    for browser in browsers.Chromium, browsers.Firefox:
        look(browser, *sys.argv[1:])


def look(browser, programs, folder):
    name = browser.__name__.lower()
    with contextlib.ExitStack() as stack:
        camera, url = start(stack, programs, "mjpeg-testcam", "--port", "0")
        # It is soon found to be back.
        _, page = start(stack, programs, "mjpeg-relay", "--port", "0", "--timeout", "2", url)
        shown = stack.enter_context(contextlib.closing(browser()))
        shown.open(page)

        def wait(state, is_so):
            wait_for(shown, is_so, f"{name}: {state}", os.path.join(folder, f"{name}-{state}"))

        wait("moves", moves)
        camera.kill()
        camera.wait()
        wait("away", is_away)
        port = url.split(":")[2].split("/")[0]
        start(stack, programs, "mjpeg-testcam", "--port", port)
        wait("back", moves)


def start(stack, programs, name, *arguments):
    """The program, and the address it says that it is ready at."""
    command = [os.path.join(programs, name), *arguments]
    # What the relay says of its camera is not looked at.
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    stack.callback(process.wait)
    stack.callback(process.kill)
    line = process.stdout.readline()
    if " ready: " not in line:
        raise RuntimeError(f"{name} is not ready: {line}")
    return process, line.split(" ready: ")[1].strip()


def wait_for(shown, is_so, what, file):
    """Until it is so of two screenshots, one after the other."""
    end = time.monotonic() + PATIENCE
    before = after = screenshot(shown)
    while not is_so(before, after):
        if time.monotonic() > end:
            after.save(f"{file}-not.png")
            raise RuntimeError(f"{what}: no, see {file}-not.png")
        before, after = after, screenshot(shown)
    before.save(f"{file}-1.png")
    after.save(f"{file}-2.png")
    print(f"{what}: yes", flush=True)


def screenshot(shown):
    return Image.open(io.BytesIO(shown.screenshot())).convert("L")


def moves(before, after):
    differs = ImageChops.difference(before, after).getbbox() is not None
    return differs and is_of_camera(before) and is_of_camera(after)


def is_away(before, after):
    """Dark up to the edges but for some words, and still."""
    has_words = after.getextrema()[1] > 128
    return is_dark(after) and has_words and ImageChops.difference(before, after).getbbox() is None


def is_of_camera(image):
    """Neither dark nor white, as pages without a picture are."""
    return 20 <= ImageStat.Stat(image).mean[0] < 200


def is_dark(image):
    return ImageStat.Stat(image).mean[0] < 20


main()
