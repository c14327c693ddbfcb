"""Renditions that servers share, and who may make them: in a folder, and in a bucket."""

from __future__ import annotations

import asyncio
import os
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from foveate.errors import NotKept
from foveate.settings import Origins
from foveate.storage import shared
from foveate.storage.shared import Claim, SharedStore, Watch, claim, claim_name

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio
KEY = "ab" * 32


class Clock:
    """A clock that goes when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> SharedStore:
    return SharedStore(str(tmp_path / "shared"), Origins(), Clock())


def passes(store: SharedStore, seconds: float) -> None:
    clock: Any = store.clock
    clock.now += seconds


async def test_what_one_puts_there_others_get_whole(store: SharedStore) -> None:
    await store.put(KEY, b"a rendition")
    other = SharedStore(store.place, Origins())
    assert await other.get(KEY) == b"a rendition"
    assert await other.get("cd" * 32) is None


async def test_what_was_written_half_is_nothing(store: SharedStore, tmp_path: Path) -> None:
    await store.put(KEY, b"a rendition")
    (file,) = (tmp_path / "shared").glob("renditions/ab/*")
    file.write_bytes(file.read_bytes()[:-1])
    assert await store.get(KEY) is None


async def test_one_of_many_who_come_at_once_may_make_it(store: SharedStore) -> None:
    claims = await asyncio.gather(*(claim(store, KEY, Watch()) for _ in range(20)))
    (ours,) = filter(None, claims)
    assert await claim(store, KEY, Watch()) is None
    await ours.let_go()
    assert await claim(store, KEY, Watch()) is not None


async def test_the_claim_of_who_is_gone_is_taken_over_and_that_of_who_works_is_not(
    store: SharedStore,
) -> None:
    assert await claim(store, KEY, Watch())
    watch = Watch()
    for _ in range(4):
        assert await claim(store, KEY, watch) is None
        passes(store, 0.9 * shared.LEASE_S)
        await store.renew(claim_name(KEY, 0))
    assert await claim(store, KEY, watch) is None
    passes(store, 1.1 * shared.LEASE_S)
    over = await claim(store, KEY, watch)
    assert over is not None
    assert over.number == 1
    assert await claim(store, KEY, Watch()) is None
    await over.let_go()
    assert not [page async for page in store._store().list("claims") if page]  # noqa: SLF001


@pytest.mark.parametrize("gone", [2, 3])
async def test_the_claims_of_several_who_went_one_after_the_other_are_taken_over(
    store: SharedStore, gone: int
) -> None:
    for number in range(gone):
        assert await store.create(claim_name(KEY, number))
    watch = Watch()
    for _ in range(gone):
        assert await claim(store, KEY, watch) is None
        passes(store, 1.1 * shared.LEASE_S)
    over = await claim(store, KEY, watch)
    assert over is not None
    assert over.number == gone


async def test_a_claim_that_is_old_by_any_clock_needs_no_watching(
    store: SharedStore, tmp_path: Path
) -> None:
    for number in range(shared.MOST_CLAIMS):
        ours = await claim(store, KEY, Watch())
        assert ours is not None
        assert ours.number == number
        (file,) = (tmp_path / "shared").glob(f"claims/*-{number}")
        _age(file, 30)
        assert await claim(store, KEY, Watch()) is None
        _age(file, 90)
    last = await claim(store, KEY, Watch())
    assert last is not None
    assert last.number is None


async def test_of_what_one_alone_may_do_there_is_a_claim_however_many_are_gone(
    store: SharedStore, tmp_path: Path
) -> None:
    for number in range(shared.MOST_CLAIMS + 2):
        assert await store.create(claim_name(KEY, number))
        _age(tmp_path / "shared" / claim_name(KEY, number), 90)
    ours = await claim(store, KEY, Watch(), sole=True)
    assert ours is not None
    assert ours.number == shared.MOST_CLAIMS + 2
    assert await claim(store, KEY, Watch(), sole=True) is None
    await ours.let_go()
    assert not [page async for page in store._store().list("claims") if page]  # noqa: SLF001


class Meanwhile(SharedStore):
    """A store whose last claim somebody lets go of while another one comes."""

    theirs: Claim | None = None

    async def create(self, name: str) -> bool:
        if self.theirs and name == claim_name(KEY, 2):
            await self.theirs.let_go()
        return await super().create(name)


async def test_who_comes_when_claims_are_let_go_of_has_none_that_others_do_not_see(
    tmp_path: Path,
) -> None:
    store = Meanwhile(str(tmp_path / "shared"), Origins())
    for number in range(2):
        assert await store.create(claim_name(KEY, number))
        _age(tmp_path / "shared" / claim_name(KEY, number), 90)
    store.theirs = Claim(store, KEY, 1)
    assert await claim(store, KEY, Watch()) is None
    ours = await claim(store, KEY, Watch())
    assert ours is not None
    assert ours.number == 0


def _age(file: Path, seconds: float) -> None:
    os.utime(file, (time.time() - seconds, time.time() - seconds))


@pytest.mark.parametrize("is_done", [False, True])
async def test_who_did_not_renew_his_claim_for_long_sees_that_it_is_another_s_and_leaves_it(
    store: SharedStore, *, is_done: bool
) -> None:
    ours = await claim(store, KEY, Watch())
    assert ours is not None
    assert not await ours.is_lost()
    watch = Watch()
    await claim(store, KEY, watch)
    passes(store, 1.1 * shared.LEASE_S)
    theirs = await claim(store, KEY, watch)
    assert theirs is not None
    if is_done:
        await theirs.let_go()
    async with asyncio.timeout(5):
        keeping = asyncio.ensure_future(ours.keep(every_s=0.001))
        await asyncio.wait((keeping,))
    await ours.end(keeping)
    assert (await store.seen(claim_name(KEY, 1)) is None) == is_done
    assert (await store.seen(claim_name(KEY, 0)) is None) == is_done


async def test_who_works_for_long_renews_his_claim(store: SharedStore) -> None:
    ours = await claim(store, KEY, Watch())
    assert ours is not None
    before = await store.seen(claim_name(KEY, 0))
    keeping = asyncio.ensure_future(ours.keep(every_s=0.01))
    until = time.monotonic() + 5
    while (await store.seen(claim_name(KEY, 0)) or [""])[0] == (before or [""])[0]:
        assert time.monotonic() < until
        await asyncio.sleep(0.01)
    keeping.cancel()


async def test_a_purge_deletes_what_is_meant(store: SharedStore) -> None:
    for number in range(3):
        await store.put(f"{number}" * 64, b"%d of three" % number)
    done = await store.purge(lambda beginning: beginning == b"1 of", 4)
    assert done.renditions == 1
    assert [await store.get(f"{number}" * 64) for number in range(3)] == [
        b"0 of three",
        None,
        b"2 of three",
    ]


async def test_the_bytes_of_a_rendition_may_take_longer_than_a_word(
    store: SharedStore, tmp_path: Path
) -> None:
    class Slow:
        """A store that answers at once and sends slowly."""

        async def get_async(self, name: str) -> Any:
            async def bytes_async() -> bytes:
                await asyncio.sleep(0.1)
                return (tmp_path / "shared" / name).read_bytes()

            return SimpleNamespace(meta={"size": 1}, bytes_async=bytes_async)

    await store.put(KEY, b"a rendition")
    slow = SharedStore(store.place, Origins(), patience_s=0.02)
    slow._opened = Slow()  # noqa: SLF001
    assert await slow.get(KEY) == b"a rendition"


async def test_a_store_that_is_away_is_asked_again_after_a_while_and_not_before(
    tmp_path: Path,
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_bytes(b"a file where a folder should be")
    store = SharedStore(str(blocked / "shared"), Origins(), Clock())
    with pytest.raises(NotKept):
        await store.get(KEY)
    blocked.unlink()
    with pytest.raises(NotKept, match="did not answer before"):
        await store.get(KEY)
    passes(store, 1.1)
    assert await store.get(KEY) is None
