"""Cameras for the tests."""

from __future__ import annotations

import os
import subprocess
import threading
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class TestCamera:
    """The example mjpeg-testcam, which TESTCAM names, as long as the ``with`` block."""

    def __init__(self, *options: str) -> None:
        self.options = options

    def __enter__(self) -> TestCamera:
        self.process = subprocess.Popen(
            [os.environ["TESTCAM"], "--port", "0", *self.options],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        line = self.process.stdout.readline()
        self.url = line.removeprefix("Camera ready: ").strip()
        return self

    def go_away(self) -> None:
        """End as a camera does whose plug is pulled."""
        self.process.kill()
        self.process.wait()

    def __exit__(self, *_: Any) -> None:
        self.go_away()
        assert self.process.stdout
        self.process.stdout.close()


class Recording:
    """A camera that has these pictures for everyone, and then ends."""

    def __init__(self, jpegs: list[bytes]) -> None:
        #: The heads of the requests.
        self.asked: list[Message[str, str]] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.headers)
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=next")
                self.end_headers()
                for jpeg in jpegs:
                    head = f"--next\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}"
                    self.wfile.write(head.encode() + b"\r\n\r\n" + jpeg + b"\r\n")
                self.wfile.write(b"--next--\r\n")

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> Recording:
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
