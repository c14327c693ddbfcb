"""A real S3 server, for the tests of buckets."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from socket import create_connection, socket
from typing import TYPE_CHECKING

import pytest
from storage_origin import KEY, SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Yield the endpoint of a real S3 server, and the folder of its bucket `pictures`."""
    nanio = Path(sys.executable).with_name("nanio")
    if not nanio.exists():
        pytest.skip(f"Expected an S3 server at {nanio}, got none: install nanio, or run make test.")
    data = tmp_path_factory.mktemp("s3")
    (data / "pictures" / "album").mkdir(parents=True)
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [nanio, "serve", "--data-dir", data, "--host", "127.0.0.1", "--port", str(port)],
        env={**os.environ, "NANIO_ACCESS_KEY": KEY, "NANIO_SECRET_KEY": SECRET},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}", data / "pictures"
    finally:
        server.kill()
        server.wait()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 15
    while True:
        try:
            create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            assert time.monotonic() < deadline, "the S3 server does not start"
            time.sleep(0.02)
        else:
            return
