"""A bucket, for the tests of buckets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from s3_server import s3_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Yield the endpoint of a real S3 server, and the folder of its bucket `pictures`."""
    data = tmp_path_factory.mktemp("s3")
    (data / "pictures" / "album").mkdir(parents=True)
    with s3_server(data) as endpoint:
        yield endpoint, data / "pictures"
