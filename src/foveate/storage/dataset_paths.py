"""Where a server is asked for datasets: for who answers, and for who asks."""

from __future__ import annotations

from typing import Final

PATH: Final = "/v1/datasets"
HANDLERS: Final = "/v1/handlers"
RAW: Final = "/v1/raw"
