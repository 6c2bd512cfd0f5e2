#!/usr/bin/env python3
"""Many cameras on one port, each at /NUMBER. Some have faults: they close in the middle of a
picture, say nothing for a while, or send something else, at random with a fixed seed.

    cameras.py COUNT FPS FAULTY PICTURE.jpg...

Every FAULTYth has faults, none where that is 0. Prints the port, and on SIGTERM a line for each
camera: its number, the whole pictures it sent, its connections, and the most of them at once.
"""

import asyncio
import os
import random
import signal
import sys

BOUNDARY = b"--camera\r\n"
HEAD = (
    b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
    b"Content-Type: multipart/x-mixed-replace;boundary=camera\r\n\r\n" + BOUNDARY
)
# Pictures from one fault to the next, on average: twenty seconds.
BETWEEN_FAULTS = 200

count, fps, faulty = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
pictures = [open(name, "rb").read() for name in sys.argv[4:]]


def gone(reader: asyncio.StreamReader) -> bool:
    """Whether it closed, or ended with bytes unread."""
    return reader.at_eof() or reader.exception() is not None


class Camera:
    """What is counted of one."""

    def __init__(self) -> None:
        self.sent = 0
        self.connections = 0
        self.most = 0
        self.readers: list[asyncio.StreamReader] = []

    def connected(self, reader: asyncio.StreamReader) -> None:
        self.readers = [one for one in self.readers if not gone(one)] + [reader]
        self.connections += 1
        self.most = max(self.most, len(self.readers))


cameras = [Camera() for _ in range(count)]


def part(jpeg: bytes) -> bytes:
    head = b"Content-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg)
    return head + jpeg + b"\r\n" + BOUNDARY


parts = [part(jpeg) for jpeg in pictures]


async def fault(writer: asyncio.StreamWriter, chance: random.Random, whole: bytes) -> bool:
    """Whether the connection is at its end."""
    match chance.choice(["cut", "silence", "other"]):
        case "cut":
            writer.write(whole[: chance.randrange(1, len(whole) // 2)])
            await writer.drain()
            return True
        case "silence":
            # Longer than the recorder waits: nobody would take the next picture.
            await asyncio.sleep(3)
            return True
        case "other":
            writer.write(b"Content-Type: text/plain\r\nContent-Length: 4\r\n\r\nbusy\r\n" + BOUNDARY)
    return False


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        request = (await reader.readuntil(b"\r\n\r\n")).split()
        number = int(request[1].strip(b"/"))
        camera = cameras[number]
        camera.connected(reader)
        chance = random.Random(number * 1000 + camera.sent)
        writer.write(HEAD)
        loop = asyncio.get_running_loop()
        due = loop.time() + number / count / fps
        while True:
            await asyncio.sleep(max(0, due - loop.time()))
            due = max(due + 1 / fps, loop.time() - 1)
            # Who has gone takes no picture.
            if gone(reader):
                break
            whole = parts[camera.sent % len(parts)]
            if faulty and number % faulty == 0 and chance.random() < 1 / BETWEEN_FAULTS:
                if await fault(writer, chance, whole):
                    break
                continue
            writer.write(whole)
            await writer.drain()
            camera.sent += 1
    except (ConnectionError, asyncio.IncompleteReadError, IndexError, ValueError):
        pass
    finally:
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    for number, camera in enumerate(cameras):
        print(number, camera.sent, camera.connections, camera.most)
    sys.stdout.flush()
    # The connections end with the program.
    os._exit(0)


asyncio.run(main())
