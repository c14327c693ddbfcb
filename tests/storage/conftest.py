from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Run the tests marked `anyio` on asyncio, the loop that we serve on."""
    return "asyncio"
