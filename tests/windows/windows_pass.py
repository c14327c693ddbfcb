"""Everything is imported, and a little of each part is done, with what there is on Windows."""

from __future__ import annotations

import asyncio
import contextlib
import pkgutil
import signal
import subprocess
import sys
import threading
from http.client import HTTPConnection
from importlib import import_module
from io import BytesIO
from pathlib import Path

from PIL import Image

import foveate
from foveate import locks
from foveate.app import create
from foveate.errors import IndexLocked, SourceNotFound
from foveate.people.audit import AuditLog
from foveate.people.keys import Keys, Scope
from foveate.people.lock import folder_lock
from foveate.server.asgi import Front
from foveate.server.run import listen, run
from foveate.settings import Origins, Settings
from foveate.storage.disk import DiskCache
from foveate.storage.files import FolderOrigin, read_any

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">'
    b'<rect width="20" height="10" fill="#fa0000"/></svg>'
)
RED = (250, 0, 0)
WAITS = """
import sys, as_windows
as_windows.hide()
from foveate import locks
with open(sys.argv[1], "w") as asked:
    assert not locks.take(asked.fileno())
    print("taken", flush=True)
    locks.wait(asked.fileno())
    print("had", flush=True)
"""


NOT_HERE = ("__main__", ".in_tensorflow", ".in_torch")
"""What runs when it is imported, and what needs libraries that only who trains has."""


def seen(data: bytes) -> tuple[tuple[int, int], tuple[int, ...]]:
    image = Image.open(BytesIO(data)).convert("RGB")
    return image.size, image.getpixel((image.width // 2, image.height // 2))


def all_is_imported() -> None:
    for module in pkgutil.walk_packages(foveate.__path__, "foveate."):
        if not module.name.endswith(NOT_HERE):
            import_module(module.name)


def a_picture_is_rendered(pictures: Path) -> None:
    made = foveate.render(pictures / "0.png", "width=20,format=png")
    assert seen(made.data) == ((20, 15), RED)
    # A process of its own decodes one, and another one encodes.
    made = foveate.render(pictures / "a.svg", "width=10,format=avif")
    size, colour = seen(made.data)
    assert size == (10, 5)
    assert max(abs(a - b) for a, b in zip(colour, RED, strict=True)) < 8


def one_is_served(pictures: Path) -> None:
    bound, got = listen("127.0.0.1", 0), []

    def ask() -> None:
        connection = HTTPConnection(*bound_at, timeout=10)
        connection.request("GET", "/cdn-cgi/image/width=8,format=png/0.png")
        answer = connection.getresponse()
        got.append((answer.status, answer.read()))
        connection.close()
        signal.raise_signal(signal.SIGTERM)

    bound_at = bound.getsockname()
    thread = threading.Thread(target=ask)
    settings = Settings(origins=Origins(folder=str(pictures)))
    run(Front(create(settings)), settings, bound, thread.start)
    thread.join()
    assert (got[0][0], seen(got[0][1])) == (200, ((8, 6), RED))


def a_batch_is_made(pictures: Path, out: Path) -> None:
    report = foveate.batch(str(pictures / "*.png"), str(out), "width=4,format=png", workers=2)
    assert report.done == 6
    assert seen((out / "5.png").read_bytes()) == ((4, 3), RED)


def files_are_found_and_nothing_else(pictures: Path) -> None:
    origin = FolderOrigin(pictures, 10_000)
    (pictures / ".hidden").write_bytes(b"x")
    (pictures / "short~1").symlink_to(pictures / ".hidden")
    assert asyncio.run(origin.read("0.png")).data == read_any(str(pictures / "0.png"), 10_000, 1)
    for name in ("short~1", "0.png:stream", "c:/0.png", "nul", "com1.png", "0.png.", "0.png "):
        with contextlib.suppress(SourceNotFound):
            asyncio.run(origin.read(name))
            raise AssertionError(name)


def a_cache_is_shared(folder: Path) -> None:
    cache = DiskCache(folder, 1_000_000)
    cache.put("key", b"value")
    assert cache.get("key") == b"value"
    (folder / "unfinished" / f"1-{'0' * 32}").touch()
    cache.sweep()
    with cache.claimed("key") as ours:
        assert ours
        with cache.claimed("key") as twice:
            assert not twice
        with cache.claimed("another") as other:
            assert other
    with cache.claimed("key") as again:
        assert again


def another_process_waits_for_a_lock(file: Path) -> None:
    held = file.open("w")
    assert locks.take(held.fileno())
    command = [sys.executable, "-c", WAITS, file]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"taken\n"
        held.close()
        assert child.stdout.read() == b"had\n"
    assert child.returncode == 0


def people_are_kept(folder: Path) -> None:
    lock = folder_lock(folder, 0.01)
    with lock(), contextlib.suppress(IndexLocked), lock():
        raise AssertionError("two have it")
    keys = Keys(folder)
    assert keys.add("ann", "staff", Scope.READ)
    assert [key.name for key in keys.all()] == ["ann"]
    log = AuditLog(folder)
    for verb in ("search", "forget"):
        log.write({"verb": verb}, sync=True)
    assert [entry["verb"] for entry in log.entries()] == ["search", "forget"]


def main(folder: Path) -> None:
    pictures = folder / "pictures"
    pictures.mkdir()
    for number in range(6):
        Image.new("RGB", (40, 30), RED).save(pictures / f"{number}.png")
    (pictures / "a.svg").write_bytes(SVG)
    all_is_imported()
    a_picture_is_rendered(pictures)
    a_batch_is_made(pictures, folder / "out")
    files_are_found_and_nothing_else(pictures)
    a_cache_is_shared(folder / "cache")
    another_process_waits_for_a_lock(folder / "lock")
    people_are_kept(folder / "people")
    one_is_served(pictures)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
