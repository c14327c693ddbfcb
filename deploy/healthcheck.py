"""Exit with 0 while the server in this container takes requests; images need no curl for it."""

from __future__ import annotations

import os
import sys
from http.client import HTTPConnection, HTTPException

TIMEOUT_S = 3.0


def ready(port: int) -> bool:
    """Return whether what listens on this port of ours takes requests."""
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200  # noqa: PLR2004 - OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not ready(int(os.environ.get("FOVEATE_SERVER__PORT", "8100"))))
