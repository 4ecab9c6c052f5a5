"""A small site on loopback that answers from a script and keeps a log: the oracle of what was really asked."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Answer = bytes | Callable[["Asked"], bytes]


@dataclass
class Asked:
    """One request as the server saw it."""

    method: str
    path: str
    headers: dict[str, str]
    at: float
    in_flight: int


@dataclass
class Site:
    """A running site: its address, its answers by path, and its log."""

    port: int
    answers: dict[str, Answer]
    log: list[Asked] = field(default_factory=list)
    active: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.log]


def page(body: bytes | str, status: str = "200 OK", **headers: str) -> bytes:
    """A whole HTTP response."""
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(data)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in {"Content_Type": "text/html", **headers}.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


@contextmanager
def serve(answers: dict[str, Answer], delay: float = 0.0) -> Iterator[Site]:
    """Run a site until the block ends; a path without an answer is 404."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.2)
    site = Site(listener.getsockname()[1], answers)
    stopped = threading.Event()

    def talk(connection: socket.socket) -> None:
        with connection:
            connection.settimeout(10)
            data = b""
            while b"\r\n\r\n" not in data:
                chunk = connection.recv(65536)
                if not chunk:
                    return
                data += chunk
            head = data.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
            method, path, _ = head[0].split(" ", 2)
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            with site.lock:
                site.active += 1
                asked = Asked(method, path, headers, time.monotonic(), site.active)
                site.log.append(asked)
            time.sleep(delay)
            answer = answers.get(path, answers.get(path.split("?")[0], page("not here", "404 Not Found")))
            try:
                connection.sendall(answer(asked) if callable(answer) else answer)
            except OSError:
                pass
            with site.lock:
                site.active -= 1

    def accept() -> None:
        while not stopped.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        stopped.set()
        listener.close()
        thread.join(2)
