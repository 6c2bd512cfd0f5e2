"""A camera that begins to answer and then says nothing, until its viewer hangs up.

Writes its port, "asked" when there is a viewer, and "left alone" when it has gone.
"""
import socket

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n--b\r\n"

with socket.create_server(("127.0.0.1", 0)) as server:
    print(server.getsockname()[1], flush=True)
    viewer, _ = server.accept()
    with viewer:
        viewer.recv(4096)
        viewer.sendall(HEAD)
        print("asked", flush=True)
        viewer.recv(4096)
        print("left alone", flush=True)
