"""Batches of rows in, rows of what became of them out: for engines that programs have."""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from batch_stand import INKS, drawn, ink_of

import foveate
from foveate.batches.destination import FolderDestination, Placing
from foveate.batches.frames import _place
from foveate.batches.made import Output
from foveate.errors import NameTaken, NotWritten

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

pa = pytest.importorskip("pyarrow")


@pytest.fixture
def photos(tmp_path: Path) -> list[str]:
    return [str(drawn(tmp_path / "in" / f"{ink}.png", ink)) for ink in INKS]


def seen(out: Path, rows: list[dict[str, Any]]) -> list[str]:
    """Return the colours of the first renditions of rows."""
    assert [row["status"] for row in rows] == ["done"] * len(rows)
    return [ink_of(out / json.loads(row["outputs"])[0]["name"]) for row in rows]


def test_a_table_of_rows_becomes_one_of_what_was_made(photos: list[str], tmp_path: Path) -> None:
    table = pa.table({"image": [*photos, None], "sku": ["a", "b", "c", "d"]})
    out = tmp_path / "out"
    make = partial(
        foveate.map_batches, out=out, options="width=20", names="{sku}.webp", parts="colours"
    )
    made = make(table)
    assert isinstance(made, pa.Table)
    rows = made.to_pylist()
    assert seen(out, rows[:3]) == [*INKS]
    assert (rows[0]["width"], rows[0]["height"]) == (40, 30)
    assert "colours" in json.loads(rows[0]["known"])
    assert (rows[3]["status"], rows[3]["error"]) == ("failed", "BadOption")
    (batch,) = table.slice(0, 0).to_batches() or [pa.RecordBatch.from_pylist([], table.schema)]
    assert make(batch).schema == made.schema
    assert [*(out / ".foveate-batch").iterdir()] == []


def test_rows_that_are_done_again_are_done_and_other_names_are_left(
    photos: list[str], tmp_path: Path
) -> None:
    table = pa.table({"source": photos})
    out = tmp_path / "out"
    make = partial(foveate.map_batches, out=out, names="{stem}.png")
    first = make(table, options="width=20")
    again = make(table, options="width=20")
    assert first == again
    rows = make(table, options="width=10").to_pylist()
    assert [row["error"] for row in rows] == ["NameTaken"] * 3
    assert seen(out, again.to_pylist()) == [*INKS]


def test_a_row_that_fails_leaves_no_file_but_those_of_an_earlier_call(
    photos: list[str], tmp_path: Path
) -> None:
    table, out = pa.table({"source": photos[:1]}), tmp_path / "out"
    foveate.map_batches(table, out, "width=30", names="before.png")
    (out / "taken.png").write_bytes(b"mine")
    options, names = ["width=30", "width=20", "width=10"], ["before.png", "new.png", "taken.png"]
    (row,) = foveate.map_batches(table, out, options, names=names).to_pylist()
    assert (row["status"], row["error"]) == ("failed", "NameTaken")
    assert {each.name for each in out.glob("*.png")} == {"before.png", "taken.png"}


def test_a_row_that_nothing_can_come_of_fails_alone(photos: list[str], tmp_path: Path) -> None:
    taken = pa.array([1_700_000_000_123_456_789] * 2, pa.timestamp("ns"))
    table = pa.table({"source": [photos[0], "http://[::1/x.png"], "taken": taken})
    made = foveate.map_batches(table, tmp_path, "width=8", names="{stem}-{taken}.png").to_pylist()
    assert [row["error"] for row in made] == ["", "BadUrl"]
    assert (tmp_path / "red-2023-11-14 22:13:20.123456789.png").exists()


def test_a_folder_that_cannot_be_written_into_is_told_as_an_error_of_ours(
    photos: list[str],
) -> None:
    with pytest.raises(NotWritten, match="Not a directory"):
        foveate.map_batches(pa.table({"source": photos}), f"{photos[0]}/out")


def test_what_a_call_left_that_was_ended_is_deleted_a_day_later(
    photos: list[str], tmp_path: Path
) -> None:
    home = tmp_path / "out" / ".foveate-batch"
    asides = [home / name / "aside" for name in ("apart-old", "apart-new", "apart-underway")]
    for aside in asides:
        aside.mkdir(parents=True)
        (aside / "0-1").write_bytes(b"cut off")
    for place in (asides[0], asides[0].parent, asides[2].parent):
        os.utime(place, (0, 0))
    foveate.map_batches(pa.table({"source": photos[:1]}), tmp_path / "out", "width=8")
    assert sorted(each.name for each in home.iterdir()) == ["apart-new", "apart-underway"]
    os.utime(asides[2], (0, 0))
    foveate.batch(photos[0], tmp_path / "out", "width=9")
    assert [each.name for each in home.glob("apart-*")] == ["apart-new"]


def test_a_frame_may_hold_arrays_and_what_is_missing_in_any_way(
    photos: list[str], tmp_path: Path
) -> None:
    pd = pytest.importorskip("pandas")
    rows = [photos[0], None, pd.NA, float("nan"), "\ud800.png"]
    frame = pd.DataFrame({"source": rows, "vector": [np.zeros(3)] * 5, 0: range(5)}, dtype=object)
    made = foveate.map_batches(frame, tmp_path, "width=8", names="{stem}.png")
    assert list(made["error"]) == ["", *["BadOption"] * 3, "SourceNotFound"]


@pytest.mark.filterwarnings("ignore")
def test_dask_maps_it_over_partitions(photos: list[str], tmp_path: Path) -> None:
    dask = pytest.importorskip("dask.dataframe")
    import pandas as pd  # noqa: PLC0415

    frame = dask.from_pandas(pd.DataFrame({"source": photos}), npartitions=2)
    make = partial(
        foveate.map_batches, out=tmp_path / "out", options="width=20", names="{stem}.webp"
    )
    made = frame.map_partitions(make, meta=make(frame._meta)).compute()  # noqa: SLF001
    assert seen(tmp_path / "out", made.to_dict("records")) == [*INKS]
    assert made["width"].tolist() == [40, 40, 40]


@pytest.mark.filterwarnings("ignore")
def test_spark_maps_it_over_batches_of_arrow(
    photos: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql = pytest.importorskip("pyspark.sql")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    settings = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "1"}
    spark = sql.SparkSession.builder.master("local[1]").config(map=settings).getOrCreate()
    out = str(tmp_path / "out")

    def make(batches: Any) -> Any:
        for batch in batches:
            yield foveate.map_batches(batch, out, "width=20", names="{stem}.webp")

    schema = (
        "source string, status string, error string, message string, digest string, "
        "outputs string, known string, bytes bigint, width bigint, height bigint"
    )
    try:
        rows = spark.createDataFrame([(photo,) for photo in photos], "source string")
        made = rows.mapInArrow(make, schema).collect()
    finally:
        spark.stop()
    assert seen(tmp_path / "out", [row.asDict() for row in made]) == [*INKS]


class Late(FolderDestination):
    """A folder in which another program is always a moment earlier."""

    def taken(self, names: Sequence[str]) -> set[str]:
        found = super().taken(names)
        self._write(*names)
        return found

    def claim(self, placing: Placing) -> None:
        self._write(placing.name)
        super().claim(placing)

    def _write(self, name: str) -> None:
        (self._folder / name).write_bytes(b"another picture")


def test_a_name_that_another_program_takes_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    aside = tmp_path / "aside"
    aside.write_bytes(b"a picture")
    digest = sha256(b"a picture").digest()
    mine = Output(
        rendition=1,
        name="x.png",
        ext="png",
        digest=digest,
        bytes=9,
        width=None,
        height=None,
        aside=aside,
    )
    with pytest.raises(NameTaken, match=r"got x\.png, which is there already"):
        _place(Late(tmp_path), mine)
    assert (tmp_path / "x.png").read_bytes() == b"another picture"
