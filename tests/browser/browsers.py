"""Browsers without a window, each by the protocol that it speaks itself."""

import base64
import functools
import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

SIZE = (800, 600)
PATIENCE = 60


class Chromium:
    """By chromedriver, which speaks WebDriver."""

    def __init__(self):
        port = _free_port()
        self._process = subprocess.Popen(
            ["chromedriver", f"--port={port}", "--silent"], stdout=subprocess.DEVNULL
        )
        self._address = f"http://127.0.0.1:{port}"
        _until(lambda: _connects(port), "chromedriver does not start")
        # Root's browser has no sandbox.
        arguments = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage"]
        arguments.append(f"--window-size={SIZE[0]},{SIZE[1]}")
        capabilities = {
            "goog:chromeOptions": {"binary": "/usr/bin/chromium", "args": arguments},
            # A page with a stream in it is never loaded whole.
            "pageLoadStrategy": "none",
            "goog:loggingPrefs": {"browser": "ALL"},
        }
        session = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        self._session = f"/session/{session['sessionId']}"

    def open(self, url):
        self._ask("POST", f"{self._session}/url", {"url": url})

    def screenshot(self):
        ask = functools.partial(self._ask, "GET", f"{self._session}/screenshot")
        return base64.b64decode(_patiently(ask))

    def run(self, script):
        """What the script returns."""
        body = {"script": script, "args": []}
        return self._ask("POST", f"{self._session}/execute/sync", body)

    def become(self, width, height, scheme):
        """A screen of this size in CSS pixels, with this colour scheme."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self._develop("Emulation.setDeviceMetricsOverride", metrics)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._develop("Emulation.setEmulatedMedia", {"features": features})

    def complaints(self):
        """What the console has told since the last time."""
        logs = self._ask("POST", f"{self._session}/se/log", {"type": "browser"})
        return [entry["message"] for entry in logs if entry["level"] in ("SEVERE", "WARNING")]

    def _develop(self, command, parameters):
        body = {"cmd": command, "params": parameters}
        self._ask("POST", f"{self._session}/goog/cdp/execute", body)

    def close(self):
        try:
            self._ask("DELETE", self._session)
        finally:
            self._process.terminate()
            self._process.wait()

    def _ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._address + path, data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            message = json.load(error)["value"]["message"].splitlines()[0]
            raise RuntimeError(f"{path}: {message}") from error


class Firefox:
    """By Marionette, as Debian has no geckodriver."""

    def __init__(self):
        self._profile = tempfile.TemporaryDirectory()
        port = _free_port()
        with open(os.path.join(self._profile.name, "user.js"), "w", encoding="ascii") as file:
            file.write(f'user_pref("marionette.port", {port});\n')
        command = ["firefox-esr", "--headless", "--marionette", "--no-remote"]
        command += [f"--width={SIZE[0]}", f"--height={SIZE[1]}"]
        command += ["--profile", self._profile.name]
        # What it says of graphics and buses that are not there is no news.
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        home = {**os.environ, "HOME": self._profile.name}
        self._process = subprocess.Popen(command, env=home, **quiet)
        _until(lambda: _connects(port), "Firefox does not start")
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._number = 0
        # Its greeting.
        self._read()
        self._ask("WebDriver:NewSession", {"pageLoadStrategy": "none"})

    def open(self, url):
        self._ask("WebDriver:Navigate", {"url": url})

    def screenshot(self):
        ask = functools.partial(self._ask, "WebDriver:TakeScreenshot", {"full": False})
        return base64.b64decode(_patiently(ask)["value"])

    def close(self):
        self._socket.close()
        self._process.terminate()
        self._process.wait()
        self._profile.cleanup()

    def _ask(self, command, parameters):
        self._number += 1
        message = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(str(len(message)).encode() + b":" + message)
        _, _, error, result = self._read()
        if error:
            raise RuntimeError(f"{command}: {error['message']}")
        return result

    def _read(self):
        length = b""
        while (byte := self._receive(1)) != b":":
            length += byte
        return json.loads(self._receive(int(length)))

    def _receive(self, length):
        data = b""
        while len(data) < length:
            piece = self._socket.recv(length - len(data))
            if not piece:
                raise RuntimeError("Firefox has hung up")
            data += piece
        return data


def _patiently(ask):
    """A browser shows nothing while one page goes and the other is not there yet."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except RuntimeError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _connects(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _until(condition, complaint):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(complaint)
        time.sleep(0.1)
