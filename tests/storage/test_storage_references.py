"""Uploads by reference: what names them, how long they are there, and what is left of them."""

from __future__ import annotations

import asyncio
import stat
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest
from storage_origin import KEY, SECRET

from foveate.errors import BadSettings, NotKept, SourceNotFound, SourceTooLarge
from foveate.settings import Origins
from foveate.settings import References as Settings
from foveate.storage.references import PATTERN, References, WithReferences
from foveate.storage.source import Source

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio
CAT = b"a picture of a cat"


@dataclass
class Clock:
    ahead_s: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_s


def references(beside: Path, clock: Clock | None = None, **settings: Any) -> References:
    return References(Settings(**settings), Origins(), beside, 1000, clock or Clock())


def in_bucket(endpoint: str, folder: Path, clock: Clock | None = None) -> References:
    origins = Origins(s3_endpoint=endpoint, s3_access_key_id=KEY, s3_secret_access_key=SECRET)
    settings = Settings(folder="s3://pictures/uploads/now")
    return References(settings, origins, folder, 1000, clock or Clock())


def kept(folder: Path) -> list[str]:
    return [each.name for each in (folder / "references").iterdir() if PATTERN.match(each.name)]


async def test_what_was_put_is_got_by_a_name_that_tells_nothing(tmp_path: Path) -> None:
    here, elsewhere = references(tmp_path / "a"), references(tmp_path / "b")
    one, other = await here.put(CAT), await here.put(b"another")
    assert await here.get(one.name) == CAT
    assert await here.get(other.name) == b"another"
    assert PATTERN.fullmatch(one.name)
    # Whoever has the picture cannot tell by it whether it was uploaded somewhere.
    assert (await elsewhere.put(CAT)).name != one.name
    assert stat.S_IMODE((tmp_path / "a" / "references").stat().st_mode) == 0o700
    await here.aclose()
    await elsewhere.aclose()


async def test_the_same_bytes_are_uploaded_once(tmp_path: Path) -> None:
    here = references(tmp_path)
    first = await here.put(CAT)
    (file,) = (tmp_path / "references").glob(first.name)
    before = file.stat().st_mtime_ns, file.stat().st_ino
    again = await here.put(CAT)
    assert (again.name, kept(tmp_path)) == (first.name, [first.name])
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before
    assert again.expires_s <= first.expires_s
    await here.aclose()


async def test_what_is_uploaded_again_late_is_there_for_its_whole_time(tmp_path: Path) -> None:
    clock = Clock()
    here = references(tmp_path, clock, ttl_s=100)
    await here.put(CAT)
    clock.ahead_s = 60
    assert (await here.put(CAT)).expires_s == 100
    await here.aclose()


@pytest.mark.parametrize(
    "name",
    ["", "cat.jpg", "../secret", "secret", "/etc/passwd", "0" * 64, "0" * 63 + "\n", "A" * 64],
)
async def test_what_is_no_reference_of_ours_is_not_found(tmp_path: Path, name: str) -> None:
    here = references(tmp_path)
    await here.put(CAT)
    with pytest.raises(SourceNotFound) as failure:
        await here.get(name)
    assert "upload the picture again" in failure.value.public
    await here.aclose()


async def test_an_upload_whose_time_is_over_is_not_answered_and_then_removed(
    tmp_path: Path,
) -> None:
    clock = Clock()
    here = references(tmp_path, clock, ttl_s=100)
    name = (await here.put(CAT)).name
    clock.ahead_s = 101
    with pytest.raises(SourceNotFound):
        await here.get(name)
    await here.sweep()
    assert kept(tmp_path) == []
    assert (tmp_path / "references" / "secret").exists()
    await here.aclose()


async def test_an_upload_in_whose_middle_a_process_ended_is_removed(tmp_path: Path) -> None:
    clock = Clock()
    here = references(tmp_path, clock, ttl_s=100)
    name = (await here.put(CAT)).name
    half = tmp_path / "references" / f"{name}#1"  # as obstore calls it until it is whole
    half.write_bytes(CAT[:5])
    await here.sweep()
    assert half.exists()  # somebody may be at it yet
    clock.ahead_s = 101
    await here.sweep()
    assert [path.name for path in half.parent.iterdir()] == ["secret"]
    await here.aclose()


async def test_uploads_survive_a_restart_and_expire_after_it(tmp_path: Path) -> None:
    first = references(tmp_path, ttl_s=1)
    name = (await first.put(CAT)).name
    await first.aclose()
    second = references(tmp_path, ttl_s=1)
    assert await second.get(name) == CAT
    assert (await second.put(CAT)).name == name
    second.begin()
    until = time.monotonic() + 10
    while kept(tmp_path) and time.monotonic() < until:
        await asyncio.sleep(0.05)
    assert kept(tmp_path) == []
    await second.aclose()


async def test_a_start_makes_no_folder_where_nothing_was_ever_uploaded(tmp_path: Path) -> None:
    here = references(tmp_path / "new")
    here.begin()
    await asyncio.sleep(0)
    assert not (tmp_path / "new").exists()
    await here.aclose()


async def test_there_is_room_for_so_much_and_again_when_some_has_expired(tmp_path: Path) -> None:
    clock = Clock()
    here = references(tmp_path, clock, max_bytes=2 * len(CAT), ttl_s=100)
    await here.put(CAT)
    with pytest.raises(NotKept):
        await here.put(2 * CAT)
    clock.ahead_s = 101
    await here.put(2 * CAT)
    assert len(kept(tmp_path)) == 1
    await here.aclose()


async def test_an_upload_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceTooLarge):
        await references(tmp_path).put(bytes(1001))
    assert not (tmp_path / "references").exists()


async def test_a_folder_that_cannot_be_written_is_said_without_its_name(tmp_path: Path) -> None:
    (tmp_path / "references").write_text("in the way")
    with pytest.raises(NotKept) as failure:
        await references(tmp_path).put(CAT)
    assert str(tmp_path) not in failure.value.public


async def test_processes_that_begin_together_agree_on_the_names(tmp_path: Path) -> None:
    several = [references(tmp_path) for _ in range(4)]
    names = {(await one.put(CAT)).name for one in several}
    assert len(names) == 1
    for one in several:
        await one.aclose()


async def test_where_uploads_lie_may_be_set_and_a_folder_of_nobody_is_said_at_once(
    tmp_path: Path,
) -> None:
    here = references(tmp_path / "caches", folder=str(tmp_path / "shared"))
    name = (await here.put(CAT)).name
    assert (tmp_path / "shared" / name).exists()
    assert not (tmp_path / "caches").exists()
    await here.aclose()
    with pytest.raises(BadSettings):
        references(tmp_path, folder="~nobody-of-that-name/uploads")


async def test_a_folder_has_no_address_for_browsers(tmp_path: Path) -> None:
    here = references(tmp_path)
    assert await here.url((await here.put(CAT)).name) is None
    await here.aclose()


async def test_a_bucket_keeps_uploads_and_signs_addresses_for_browsers(
    bucket: tuple[str, Path], tmp_path: Path
) -> None:
    endpoint, folder = bucket
    clock = Clock()
    here = in_bucket(endpoint, tmp_path, clock)
    name = (await here.put(CAT)).name
    assert (folder / "uploads" / "now" / name).exists()
    assert await in_bucket(endpoint, tmp_path).get(name) == CAT
    url = await here.url(name)
    assert url is not None

    def read() -> bytes:
        with urlopen(url) as answer:  # noqa: S310 - the address was signed above
            data: bytes = answer.read()
        return data

    assert await asyncio.to_thread(read) == CAT
    for other in ("secret", "0" * 64):
        with pytest.raises(SourceNotFound):
            await here.url(other)
    clock.ahead_s = 601
    with pytest.raises(SourceNotFound):
        await here.get(name)
    await here.sweep()
    assert not (folder / "uploads" / "now" / name).exists()
    assert not list(tmp_path.iterdir())
    await here.aclose()


async def test_as_a_source_an_upload_is_for_nobody_else(tmp_path: Path) -> None:
    class Elsewhere:
        async def version(self, key: str) -> str:
            return f"version of {key}"

        def version_now(self, key: str) -> str:
            return f"version of {key}"

        def last(self, key: str) -> None: ...

        def forget_bytes(self) -> None: ...

        async def read(self, key: str) -> Source:
            return Source(key.encode())

        async def aclose(self) -> None: ...

    here = references(tmp_path)
    name = (await here.put(CAT)).name
    origin = WithReferences(Elsewhere(), here, lambda _: None)  # type: ignore[arg-type, return-value]
    source = await origin.read(f"reference:{name}")
    assert (source.data, source.lifetime.private) == (CAT, True)
    assert await origin.version(f"reference:{name}") is None
    assert origin.version_now(f"reference:{name}") is None
    with pytest.raises(SourceNotFound):
        await origin.read("reference:../secret")
    assert (await origin.read("a.jpg")).data == b"a.jpg"
    assert origin.version_now("a.jpg") == await origin.version("a.jpg") == "version of a.jpg"
    await origin.aclose()
