"""A real S3 server, for the tests of buckets."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection, socket
from typing import TYPE_CHECKING

import pytest
from storage_origin import KEY, SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def s3_server(data: Path) -> Iterator[str]:
    """Give the endpoint of a server whose buckets are the folders of that one."""
    nanio = Path(sys.executable).with_name("nanio")
    if not nanio.exists():
        pytest.skip(f"Expected an S3 server at {nanio}, got none: install nanio, or run make test.")
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
        yield f"http://127.0.0.1:{port}"
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
