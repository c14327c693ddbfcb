"""What an engine is told, and what is checked of what it returns: workers on other machines."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from batch_stand import INKS, drawn, ink_of, made, table
from s3_server import s3_server
from storage_origin import KEY, SECRET

from foveate.app import create
from foveate.batches.library import description_of
from foveate.batches.made import Made, Status
from foveate.batches.pool import Pool
from foveate.batches.process import Raised
from foveate.batches.ray_data import Result, checked, mark, unseen
from foveate.batches.row import Row
from foveate.batches.run import Going, batch
from foveate.errors import BadInstallation, BadOption, WeightsMissing
from foveate.settings import Origins, load
from foveate.storage.anywhere import Anywhere

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from foveate.batches.executor import Plan


class Elsewhere:
    """An engine of one process, which has no other folder than where a batch goes."""

    def __init__(self, state: Path) -> None:
        self._state = state

    def run(self, plan: Plan, rows: Iterator[Row]) -> Generator[list[Made]]:
        setup = replace(plan.setup, state=self._state)
        with closing(Pool(1, setup.settings.load.memory_bytes, setup)) as pool:
            for row in rows:
                yield [pool(row)]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for ink in INKS:
        drawn(tmp_path / "in" / f"{ink}.png", ink)
    return tmp_path / "in"


def test_workers_elsewhere_write_into_the_bucket_and_names_are_given_here(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = tmp_path / "s3" / "shop" / "web"
    (tmp_path / "s3" / "shop").mkdir(parents=True)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with s3_server(tmp_path / "s3") as endpoint:
        origins = Origins(s3_endpoint=endpoint, s3_access_key_id=KEY, s3_secret_access_key=SECRET)
        app = create(replace(load(), origins=origins), Anywhere)
        asked = description_of([str(photos)], "s3://shop/web", ["width=20,format=webp"])
        going = Going(engine=Elsewhere(tmp_path / "none"))
        report = batch(app, asked, going)
        assert (report.done, report.failed) == (3, 0)
        # As if it had been ended between the commit and the last name.
        key = f"{rows_id(photos / 'red.png').hex()}-1"
        aside = web / ".foveate-batch" / "aside" / key
        aside.parent.mkdir(parents=True, exist_ok=True)
        (web / "red.webp").rename(aside)
        (aside.parent / "half-1").write_bytes(b"of nobody")
        assert batch(app, asked, Going()).before == 3
    assert [ink_of(web / f"{ink}.webp") for ink in INKS] == [*INKS]
    assert len(table(web)) == 3
    assert not [file for file in web.rglob(".foveate-batch/**/*") if file.is_file()]
    assert not (tmp_path / "none").exists()


def rows_id(photo: Path) -> bytes:
    return Row(key=str(photo), path=photo.stem).id


def test_equal_pictures_are_rendered_where_nobody_sees_the_manifest(
    photos: Path, tmp_path: Path
) -> None:
    (photos / "other.png").write_bytes((photos / "red.png").read_bytes())
    asked = description_of([str(photos)], str(tmp_path / "out"), ["width=20"])
    report = batch(create(load(), Anywhere), asked, Going(engine=Elsewhere(tmp_path)))
    assert (report.done, report.copied) == (4, 0)
    assert made(tmp_path / "out")["other.png"] == made(tmp_path / "out")["red.png"]


def test_a_node_that_is_not_as_this_machine_ends_the_batch(photos: Path, tmp_path: Path) -> None:
    plans: list[tuple[Plan, list[Row]]] = []

    class Kept(Elsewhere):
        def run(self, plan: Plan, rows: Iterator[Row]) -> Generator[list[Made]]:
            plans.append((plan, list(rows)))
            yield from super().run(plan, iter(plans[0][1]))

    asked = description_of([str(photos)], str(tmp_path / "out"), ["width=20"])
    batch(create(load(), Anywhere), asked, Going(engine=Kept(tmp_path)))
    plan, (row, *_) = plans[0]
    whole = Made(row=row, asked=plan.asked(row))
    assert checked(plan, Result("b", [whole])) == [whole]
    with pytest.raises(BadInstallation, match="got others on b"):
        checked(plan, Result("b", [replace(whole, asked=b"other")]))
    failed = replace(whole, status=Status.FAILED, error="SourceNotFound")
    with pytest.raises(BadOption, match="on each node, got none on b"):
        checked(plan, Result("b", [failed]))
    with pytest.raises(WeightsMissing, match="retinaface"):
        checked(plan, Result("b", Raised("WeightsMissing", "no retinaface", "")))


def test_a_node_without_the_folder_that_is_written_to_says_so(tmp_path: Path) -> None:
    file, text = mark(tmp_path, str(tmp_path))
    assert unseen((file, text), "b") is None
    assert unseen(mark(tmp_path, "s3://shop/web"), "b") is None
    refusal = unseen((file, "of another folder"), "b")
    assert refusal
    assert "got another on b: share it" in refusal.message
