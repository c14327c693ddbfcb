"""Datasets that are deleted, whoever is killed meanwhile, and servers that hear of it."""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from datasets_stand import Doubling, a_server, ask_for, cats, contents, made

from foveate.datasets.places import ASKED, GOING, OURS
from foveate.errors import DatasetsAway, UnknownDataset
from foveate.storage.shared import claim_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from datasets_stand import Preparer

    from foveate.datasets.dataset import Dataset
    from foveate.storage.kept import KeptFiles


class Killed(BaseException):
    """What nobody goes on after."""


class Dying:
    """Files of datasets of which so many may be written or deleted."""

    def __init__(self, files: KeptFiles, steps: int) -> None:
        self._files, self._left = files, steps

    def __getattr__(self, name: str) -> Any:
        if name in {"put", "remove", "remove_all"}:
            if not self._left:
                raise Killed
            self._left -= 1
        return getattr(self._files, name)


def killed(server: Preparer, dataset: Dataset, steps: int) -> bool:
    """Return whether a server was killed as it deleted a dataset, after so many steps."""
    files = server.shelf.files
    server.shelf.files = Dying(files, steps)  # type: ignore[assignment]
    try:
        server.desk.delete(dataset)
    except Killed:
        return True
    finally:
        server.shelf.files = files
    return False


def kills(
    tmp_path: Path, first: int = 0, each: int = 1, **config: Any
) -> Iterator[tuple[Preparer, Dataset]]:
    """Yield servers that know nothing yet, and what another was killed at as it deleted it."""
    for steps in count(first, each):
        place = f"{tmp_path}/sets-{steps}"
        server = a_server(tmp_path, place, name=f"deletes-{steps}", workers=1)
        dataset = made(server, cats(times=1, **config))
        if not killed(server, dataset, steps):
            return
        yield a_server(tmp_path, place, name=f"next-{steps}", workers=1), dataset


def test_what_somebody_was_killed_at_as_he_deleted_it_goes_or_is_there_whole(
    tmp_path: Path,
) -> None:
    seen = [_tidied(server, dataset) for server, dataset in kills(tmp_path)]
    assert seen == sorted(seen)  # from that on nothing comes back
    assert 2 < sum(seen) < len(seen) - 1


def _tidied(server: Preparer, dataset: Dataset) -> bool:
    """Return whether a dataset is there no more once a server tidied."""
    server.tidying.run()
    files, found = contents(server, dataset), server.store.find(dataset.id)
    assert bool(files) == (found is not None)
    assert found is None or found.bytes == sum(map(len, files.values()))
    noted = {each.name for each in server.shelf.files.list(OURS) if dataset.id in each.name}
    assert found is not None or not noted
    assert not server.shelf.going()
    return not files


def test_what_is_asked_for_again_before_all_of_it_went_is_made_whole(tmp_path: Path) -> None:
    whole = a_server(tmp_path, f"{tmp_path}/whole", name="whole", workers=1)
    expected = contents(whole, made(whole, cats(times=1)))
    for server, _ in kills(tmp_path, 1, 3):
        again = made(server, cats(times=1))
        server.tidying.run()
        assert contents(server, again) == expected
        assert not server.shelf.going()


def test_what_failed_goes_whole_and_fails_again_for_who_asks_again(tmp_path: Path) -> None:
    for server, _ in kills(tmp_path, 1, 3, fails="004"):
        again = made(server, cats(times=1, fails="004"))
        server.tidying.run()
        assert server.desk.elsewhere(again.id).error == "HandlerFailed"
        assert not server.shelf.going()


def test_a_server_comes_back_for_what_somebody_is_at(tmp_path: Path) -> None:
    server = a_server(tmp_path, workers=1)
    dataset = made(server, cats())
    assert killed(server, dataset, 8)
    claim = tmp_path / "datasets" / OURS / claim_name(dataset.id, 0)
    claim.parent.mkdir(exist_ok=True)
    claim.write_bytes(b"another")
    assert server.tidying.run()
    assert contents(server, dataset)
    os.utime(claim, (1, 1))
    assert not server.tidying.run()
    assert not contents(server, dataset)


def test_what_goes_is_noted_where_there_is_room_and_goes_where_there_is_none(
    tmp_path: Path,
) -> None:
    server = a_server(tmp_path, workers=1)

    class Refusing:
        def __init__(self, files: KeptFiles, why: str) -> None:
            self._files, self._why = files, why

        def __getattr__(self, name: str) -> Any:
            return getattr(self._files, name)

        def put(self, name: str, data: bytes) -> None:
            if name.startswith(GOING):
                raise DatasetsAway(self._why)
            self._files.put(name, data)

    dataset, files = made(server, cats()), server.shelf.files
    server.shelf.files = Refusing(files, "no answer in time")  # type: ignore[assignment]
    with pytest.raises(DatasetsAway):
        server.desk.delete(dataset)
    assert server.shelf.has(dataset.id)
    server.shelf.files = Refusing(files, "it is full (os error 28)")  # type: ignore[assignment]
    server.desk.delete(dataset)
    assert not contents(server, dataset)


@pytest.mark.parametrize("hears", ["elsewhere", "tidying"])
def test_what_failed_and_another_server_deleted_is_forgotten(tmp_path: Path, hears: str) -> None:
    one, two = (
        a_server(tmp_path, name=name, workers=1, handler=Doubling()) for name in ("one", "two")
    )
    failed = made(one, cats(fails="004"))
    one.tidying.run()
    assert one.desk.elsewhere(failed.id) == failed
    two.desk.delete(two.desk.elsewhere(failed.id))
    if hears == "tidying":
        one.tidying.run()
    else:
        with pytest.raises(UnknownDataset):
            one.desk.elsewhere(failed.id)
    assert one.store.find(failed.id) is None


def test_a_failure_whose_note_cannot_be_read_is_told_as_it_is_known(tmp_path: Path) -> None:
    server = a_server(tmp_path, workers=1)
    failed = made(server, cats(fails="004"))
    (tmp_path / "datasets" / ASKED / f"{failed.id}.json").write_bytes(b"{")
    server.tidying.run()
    assert server.desk.elsewhere(failed.id) == failed


def test_what_waits_is_deleted_by_any_server(tmp_path: Path) -> None:
    server = a_server(tmp_path, workers=1)
    server.desk.delete(ask_for(server, cats()))
    assert server.store.page(limit=9) == []
    assert not server.shelf.all_asked()
