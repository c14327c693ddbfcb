"""Exit with 0 while the server in this container takes requests; images need no curl for it."""

from __future__ import annotations

import os
import sys
import tomllib
from http.client import HTTPConnection, HTTPException
from pathlib import Path

TIMEOUT_S = 3.0
USUAL = 8100


def port() -> int:
    """Return what the server listens on: as the variable says, or the file of settings."""
    said = os.environ.get("FOVEATE_SERVER__PORT")
    file = os.environ.get("FOVEATE_CONFIG")
    if said or not file:
        return int(said or USUAL)
    server = tomllib.loads(Path(file).read_text("utf-8")).get("server", {})
    return int(server.get("port", USUAL))


def ready(number: int) -> bool:
    """Return whether what listens on this port of ours takes requests."""
    connection = HTTPConnection("127.0.0.1", number, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200  # noqa: PLR2004 - OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not ready(port()))
