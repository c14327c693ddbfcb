from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from foveate.errors import BadUrl, OriginNotAllowed, SourceNotFound, SourceTooLarge
from foveate.geometry.box import Size
from foveate.settings import Limits, Origins
from foveate.storage.anywhere import Anywhere
from foveate.values import Facts, ImageFormat

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


def facts(data: bytes) -> Facts:
    return Facts(format=ImageFormat.PNG, stored=Size(1, 1), bytes=len(data))


def anywhere(**limits: int) -> Anywhere:
    return Anywhere(Origins(), Limits(**limits), facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["a b.png", "ü%41#.png"])
async def test_a_file_is_found_by_its_name_and_by_its_url(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(b"picture")
    for key in (str(file), file.as_uri()):
        source = await anywhere().read(key)
        assert source.data == b"picture"
        assert source.facts.bytes == 7


@pytest.mark.parametrize("key", ["gone.png", "file:///gone.png", "\0", "/", "x" * 5000])
async def test_what_is_no_file_is_named(key: str) -> None:
    with pytest.raises(SourceNotFound, match="Expected a picture file"):
        await anywhere().read(key)


async def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "large.png"
    file.write_bytes(bytes(11))
    with pytest.raises(SourceTooLarge, match="at most 10 bytes"):
        await anywhere(max_bytes=10).read(str(file))


async def test_private_addresses_and_strange_schemes_stay_refused() -> None:
    with pytest.raises(OriginNotAllowed):
        await anywhere().read("http://127.0.0.1:1/a.png")
    with pytest.raises(BadUrl):
        await anywhere().read("ftp://example.com/a.png")
