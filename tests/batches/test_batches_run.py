"""Batches from end to end: what is made, what is not made twice, and what is said of it."""

from __future__ import annotations

import json
import os
import queue
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np
import pytest
from batch_stand import batch_children, drawn, ink_of, made, table, width_of

import foveate
from foveate.app import create
from foveate.batches.description import OnError
from foveate.batches.estimate import estimated
from foveate.batches.executor import Threads
from foveate.batches.library import description_of
from foveate.batches.made import Status
from foveate.batches.pool import POSSIBLE
from foveate.batches.run import FEW, Batch, Going
from foveate.batches.run import batch as run_batch
from foveate.batches.watch import watch
from foveate.errors import BadOption, FoveateError, UnknownOption, WeightsMissing
from foveate.imaging import Image
from foveate.imaging.pixels import from_array
from foveate.settings import load
from foveate.storage.anywhere import Anywhere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from foveate.batches.made import Made
    from foveate.batches.report import BatchReport
    from foveate.batches.row import Row


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    for name, ink in (("a.png", "red"), ("b.jpg", "green"), ("sub/a.png", "blue")):
        drawn(folder / name, ink)
    return folder


def run(source: Path, out: Path, *options: str, **more: Any) -> BatchReport:
    return foveate.batch(source, out, options or "width=20", **more)


def test_every_picture_has_every_rendition_and_a_row(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    report = run(photos, out, "width=20", "width=10,format=webp")
    assert (report.done, report.failed, report.outputs) == (3, 0, 6)
    assert sorted(made(out)) == [
        *("a-1.png", "a-2.webp", "b-1.jpg", "b-2.webp", "manifest.jsonl"),
        *("sub/a-1.png", "sub/a-2.webp"),
    ]
    for name, ink, width in (("a-1.png", "red", 20), ("b-2.webp", "green", 10)):
        assert (ink_of(out / name), width_of(out / name)) == (ink, width)
    assert ink_of(out / "sub" / "a-1.png") == "blue"
    rows = table(out)
    assert [row["source"] for row in rows] == [
        str(photos / name) for name in ("a.png", "b.jpg", "sub/a.png")
    ]
    assert rows[0]["outputs"][1] == {
        **rows[0]["outputs"][1],
        "rendition": 2,
        "name": "a-2.webp",
        "width": 10,
        "height": 8,
    }
    assert report.bytes_out == sum(o["bytes"] for row in rows for o in row["outputs"])


def test_a_rendition_is_what_the_library_makes(photos: Path, tmp_path: Path) -> None:
    run(photos, tmp_path / "out", "width=20,height=20,fit=cover,format=png")
    single = foveate.render(photos / "b.jpg", "width=20,height=20,fit=cover,format=png")
    assert (tmp_path / "out" / "b.png").read_bytes() == single.data


def test_sizes_from_one_decode_look_like_those_from_a_decode_each(tmp_path: Path) -> None:
    y, x = np.mgrid[0:900, 0:1200]
    pixels = np.stack([x * 200 // 1200, y * 200 // 900, 80 + 60 * np.sin(x / 40)], -1)
    (tmp_path / "in").mkdir()
    from_array(pixels.astype(np.uint8)).write_to_file(str(tmp_path / "in" / "a.jpg"))
    sizes = [f"width={width},format=png" for width in (100, 600, 300)]
    run(tmp_path / "in", tmp_path / "out", *sizes, names="{width}.{ext}")
    for size, width in zip(sizes, (100, 600, 300), strict=True):
        alone = foveate.render(tmp_path / "in" / "a.jpg", size).to_numpy().astype(int)
        shared = foveate.render(tmp_path / "out" / f"{width}.png", "format=png").to_numpy()
        assert np.abs(alone - shared).max() <= 4
        assert np.abs(alone - shared).mean() < 0.5


def test_nothing_is_done_twice(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(photos, out)
    before = {name: (out / name).stat().st_mtime_ns for name in made(out) if "." in name[:-6]}
    report = run(photos, out)
    assert (report.done, report.before, report.outputs) == (0, 3, 0)
    names = [name for name in before if name != "manifest.jsonl"]
    assert {n: (out / n).stat().st_mtime_ns for n in names} == {n: before[n] for n in names}


def test_what_changed_or_is_gone_is_done_again(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(photos, out)
    drawn(photos / "a.png", "green")
    (out / "b.jpg").unlink()
    (out / "sub" / "a.png").write_bytes(b"cut off")  # as a loss of power may leave it
    report = run(photos, out)
    assert (report.done, report.before) == (3, 0)
    assert [ink_of(out / name) for name in ("a.png", "b.jpg", "sub/a.png")] == [
        *("green", "green", "blue")
    ]
    report = run(photos, out, "width=30")
    assert (report.done, width_of(out / "a.png")) == (3, 30)


def test_a_new_picture_is_done_and_the_others_are_not(photos: Path, tmp_path: Path) -> None:
    run(photos, tmp_path / "out")
    drawn(photos / "0.png", "blue")
    report = run(photos, tmp_path / "out")
    assert (report.done, report.before) == (1, 3)
    assert [row["row"] for row in table(tmp_path / "out")] == [1, 2, 3, 4]


def test_what_fails_is_named_and_tried_again_only_when_asked(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (photos / "b.jpg").write_bytes(b"no picture")
    report = run(photos, out)
    assert (report.done, report.failed, dict(report.errors)) == (2, 1, {"NotAnImage": 1})
    row = table(out)[1]
    assert (row["status"], row["error"], row["outputs"]) == ("failed", "NotAnImage", [])
    again = run(photos, out)
    assert (again.done, again.failed, again.failed_before) == (0, 0, 1)
    assert not again.whole
    assert run(photos, out, retry_failed=True).failed == 1
    drawn(photos / "b.jpg", "green")  # a changed input is tried without being asked
    assert run(photos, out).done == 1
    assert ink_of(out / "b.jpg") == "green"


@contextmanager
def piped(out: Path, **more: Any) -> Iterator[tuple[TextIO, queue.Queue[Made], BatchReport]]:
    """Give the other end of a pipe that a batch reads, what it tells, and how it goes."""
    ours, theirs = os.pipe()
    told: queue.Queue[Made] = queue.Queue()
    with open(ours) as standard, open(theirs, "w", buffering=1) as pipe:  # noqa: PTH123
        asked = description_of(["-"], str(out), ["width=20"])
        tell = lambda made, _: told.put(made)  # noqa: E731
        work = Batch(create(load()), asked, Going(standard=standard, told=tell, **more))
        with work.opened():
            thread = threading.Thread(target=work.go)
            thread.start()
            yield pipe, told, work.report
            thread.join(60)
            assert not thread.is_alive()
        pipe.close()


def test_a_row_of_a_pipe_is_done_as_it_comes_and_an_interruption_waits_for_none(
    photos: Path, tmp_path: Path
) -> None:
    stopped = threading.Event()
    with piped(tmp_path / "out", stopped=stopped) as (pipe, told, report):
        for name, ink in (("a.png", "red"), ("b.jpg", "green")):
            print(photos / name, file=pipe)
            (output,) = told.get(timeout=60).outputs
            assert ink_of(tmp_path / "out" / output.name) == ink
        stopped.set()
    assert (report.done, report.stopped) == (2, True)


@pytest.mark.skipif(not POSSIBLE, reason="no processes")
def test_rows_of_a_pipe_are_worked_on_by_processes_once_they_are_many(
    photos: Path, tmp_path: Path
) -> None:
    with piped(tmp_path / "out", apart=True, workers=2) as (pipe, told, report):
        print(photos / "a.png", file=pipe)
        assert told.get(timeout=60).status is Status.DONE
        assert not batch_children()
        print(*[f"none/{number}.png" for number in range(FEW)], sep="\n", file=pipe)
        for _ in range(FEW):
            told.get(timeout=60)
        assert batch_children()
        pipe.close()
    assert (report.done, report.failed) == (1, FEW)


def test_the_first_error_may_stop_it(photos: Path, tmp_path: Path) -> None:
    for number in range(30):
        drawn(photos / f"z{number}.png")
    (photos / "0.jpg").write_bytes(b"no picture")
    report = run(photos, tmp_path / "out", on_error=OnError.STOP, workers=1)
    assert report.stopped
    assert report.done < 33
    assert report.to_json()["stopped_at"] == {
        "source": str(photos / "0.jpg"),
        "error": "NotAnImage",
        "message": report.stopped_at and report.stopped_at.message,
    }
    rest = run(photos, tmp_path / "out")
    assert rest.done + report.done == 33


def test_equal_pictures_are_rendered_once_and_copied(photos: Path, tmp_path: Path) -> None:
    (photos / "z.jpg").write_bytes((photos / "b.jpg").read_bytes())
    report = run(photos, tmp_path / "out", parts="colours", workers=1)
    assert (report.done, report.copied) == (4, 1)
    out = tmp_path / "out"
    assert (out / "z.jpg").read_bytes() == (out / "b.jpg").read_bytes()
    assert (out / "z.jpg").stat().st_nlink == 1
    known = {row["source"]: row["colours"] for row in table(out, "analysis.jsonl")}
    assert known[str(photos / "z.jpg")] == known[str(photos / "b.jpg")]


def test_output_is_the_same_whatever_the_number_of_workers(tmp_path: Path) -> None:
    for number in range(12):
        ink = ("red", "green", "blue")[number % 3]
        drawn(tmp_path / "in" / f"{number % 5}" / f"p{number}.png", ink, (40 + number, 30))
        drawn(tmp_path / "in" / f"{number % 5}" / f"p{number % 7}.jpg", ink, (50, 20 + number))
    for workers in (1, 4):
        report = run(
            *(tmp_path / "in", tmp_path / f"out{workers}", "width=16", "width=8"),
            names="{stem}-{width}.png",  # some of which are the names of several pictures
            parts=["colours"],
            workers=workers,
        )
        assert report.errors["NameTaken"] > 0
    assert made(tmp_path / "out1") == made(tmp_path / "out4")


def test_two_pictures_of_one_name_are_an_error_and_the_first_has_it(tmp_path: Path) -> None:
    drawn(tmp_path / "in" / "x" / "a.png", "red")
    drawn(tmp_path / "in" / "y" / "a.png", "green")
    drawn(tmp_path / "in" / "z" / "A.png", "blue")
    report = run(tmp_path / "in", tmp_path / "out", names="{stem}.{ext}")
    assert (report.done, dict(report.errors)) == (1, {"NameTaken": 2})
    assert ink_of(tmp_path / "out" / "a.png") == "red"
    rows = table(tmp_path / "out")
    assert f"{tmp_path}/in/x/a.png has that name" in rows[1]["message"]
    assert "not every disk tells apart" in rows[2]["message"]


def test_pictures_that_became_the_first_take_their_name(tmp_path: Path) -> None:
    drawn(tmp_path / "in" / "y" / "a.png", "green")
    out = tmp_path / "out"
    run(tmp_path / "in", out, names="{stem}.{ext}")
    drawn(tmp_path / "in" / "x" / "a.png", "red")
    report = run(tmp_path / "in", out, names="{stem}.{ext}")
    assert ink_of(out / "a.png") == "red"
    assert dict(report.errors) == {"NameTaken": 1}


@pytest.mark.parametrize("workers", [1, 2])
def test_of_a_name_and_a_folder_of_that_name_the_first_is_made(
    photos: Path, tmp_path: Path, workers: int
) -> None:
    lines = ["source,sku", "a.png,x/y", "b.jpg,x", "sub/a.png,x/z", "b.jpg,x/y/z"]
    (photos / "l.csv").write_text("\n".join(lines))
    report = run(photos / "l.csv", tmp_path / "out", names="{sku}", workers=workers)
    assert (report.done, dict(report.errors)) == (2, {"NameTaken": 2})
    told = [
        row["message"].partition("got ")[2] for row in table(tmp_path / "out") if "message" in row
    ]
    ends = " and nothing is a file and a folder."
    first = f"{photos}/a.png has x/y,"
    assert told == [f"x: {first}{ends}", f"x/y/z: {first}{ends}"]


class Slow(Threads):
    """Who has the second of all rows committed before the others, and then the third."""

    def run(self, work: Callable[[Row], Made], rows: Iterator[Row | None]) -> Iterator[list[Made]]:
        made = [work(row) for row in rows if row is not None]
        yield from ([each] for each in made[1:])
        yield made[:1]


def test_who_lost_a_name_to_one_that_lost_its_own_has_it(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["source,sku", "a.png,x/y", "b.jpg,x", "sub/a.png,x/z"]
    (photos / "l.csv").write_text("\n".join(lines))
    monkeypatch.setattr("foveate.batches.run.Threads", Slow)
    report = run(photos / "l.csv", tmp_path / "out", names="{sku}")
    assert (report.done, report.failed, dict(report.errors)) == (2, 1, {"NameTaken": 1})
    assert [row["status"] for row in table(tmp_path / "out")] == ["done", "failed", "done"]
    assert ink_of(tmp_path / "out" / "x" / "z") == "blue"


def test_a_name_is_had_by_who_failed_for_it_once_it_is_nobodys(
    photos: Path, tmp_path: Path
) -> None:
    both = ["source,sku", "a.png,n", "b.jpg,n"]
    out = tmp_path / "out"

    def met(*lines: str) -> tuple[int, int, int, int]:
        (photos / "l.csv").write_text("\n".join(lines))
        report = run(photos / "l.csv", out, names="{sku}")
        return report.done, report.failed, report.before, report.failed_before

    assert met(*both) == (1, 1, 0, 0)
    assert met(*both) == (0, 0, 1, 1)
    assert met(both[0], both[2]) == (1, 0, 0, 0)
    assert ink_of(out / "n") == "green"
    assert met(*both) == (1, 1, 0, 0)
    assert ink_of(out / "n") == "red"
    assert met(both[0], both[2], both[1]) == (1, 1, 0, 0)
    assert ink_of(out / "n") == "green"


def test_a_row_that_has_its_name_at_a_later_look_is_counted_once(
    photos: Path, tmp_path: Path
) -> None:
    (photos / "l.csv").write_text("source,sku\na.png,n\nb.jpg,n\n")
    asked = description_of(
        [str(photos / "l.csv")], str(tmp_path / "out"), ["width=9"], names=["{sku}"]
    )
    work = Batch(create(load()), asked, Going(workers=1))
    with work.opened():
        work.go()
        assert (work.report.done, work.report.failed) == (1, 1)
        (photos / "l.csv").write_text("source,sku\nb.jpg,n\n")
        work.go()
    assert (work.report.met, work.report.done, work.report.failed) == (2, 1, 1)  # a.png lost it


def test_a_row_that_failed_for_a_name_says_who_has_it_now(photos: Path, tmp_path: Path) -> None:
    out, rows = tmp_path / "out", ["a.png,n", "b.jpg,n", "sub/a.png,n"]
    for lines in (rows, rows[1:]):
        (photos / "l.csv").write_text("\n".join(["source,sku", *lines]))
        run(photos / "l.csv", out, names="{sku}")
    assert table(out)[1]["message"].endswith(f"{photos}/b.jpg has that name.")


def test_a_name_is_had_once_what_lay_there_is_gone(photos: Path, tmp_path: Path) -> None:
    blocked = drawn(tmp_path / "out" / "a.png", "blue")
    assert run(photos, tmp_path / "out").failed == 1
    assert run(photos, tmp_path / "out").failed_before == 1
    blocked.unlink()
    report = run(photos, tmp_path / "out")
    assert (report.done, report.before) == (1, 2)
    assert ink_of(tmp_path / "out" / "a.png") == "red"


def test_what_is_there_already_is_not_written_over(photos: Path, tmp_path: Path) -> None:
    drawn(tmp_path / "out" / "a.png", "blue")
    (tmp_path / "out" / "sub").write_text("a file where a folder is to be")
    report = run(photos, tmp_path / "out")
    assert (report.done, dict(report.errors)) == (1, {"NameTaken": 2})
    assert ink_of(tmp_path / "out" / "a.png") == "blue"
    assert "is there already" in table(tmp_path / "out")[0]["message"]


def test_names_by_content_are_shared_by_equal_pictures(photos: Path, tmp_path: Path) -> None:
    (photos / "z.jpg").write_bytes((photos / "b.jpg").read_bytes())
    report = run(photos, tmp_path / "out", names="{digest}.{ext}")
    assert (report.done, report.failed) == (4, 0)
    assert len(made(tmp_path / "out")) == 3 + 1


def test_a_list_has_options_and_names_of_its_own(photos: Path, tmp_path: Path) -> None:
    lines = ["file,options,sku", "a.png,,A", 'b.jpg,"width=12,rotate=90",B', "b.jpg,widht=3,C"]
    (photos / "list.csv").write_text("\n".join(lines))
    report = run(photos / "list.csv", tmp_path / "out", names="{sku}/front.{ext}")
    out = tmp_path / "out"
    assert [width_of(out / name) for name in ("A/front.png", "B/front.jpg")] == [20, 12]
    assert dict(report.errors) == {"UnknownOption": 1}
    assert run(photos / "list.csv", out, names="{sku}/front.{ext}").done == 0


def test_rows_of_a_list_fail_each_by_itself(photos: Path, tmp_path: Path) -> None:
    sources = [{"source": each} for each in ("a.png", "http://[::1/x.png", "\ud800.png")]
    lines = [*map(json.dumps, [*sources, {}, {}, {"source": "a.png", "options": {}}])]
    (photos / "l.jsonl").write_text("\n".join(lines))
    report = run(photos / "l.jsonl", tmp_path / "out", "width=8")
    assert (report.done, report.failed, report.repeated) == (1, 5, 0)
    errors = [row.get("error") for row in table(tmp_path / "out")]
    assert errors == [None, "BadUrl", "SourceNotFound", *["BadOption"] * 3]


def test_a_row_that_is_there_twice_is_done_once(photos: Path, tmp_path: Path) -> None:
    (photos / "list.txt").write_text("a.png\nb.jpg\na.png\na.png\n")
    report = run(photos / "list.txt", tmp_path / "out")
    assert (report.done, report.repeated, report.failed) == (2, 2, 0)


def test_the_ending_of_a_name_is_its_format(photos: Path, tmp_path: Path) -> None:
    run(photos, tmp_path / "out", names="{path}.webp")
    made_ = Image.new_from_file(str(tmp_path / "out" / "a.webp"))
    assert made_.get("vips-loader") == "webpload"
    with pytest.raises(BadOption, match="a name for webp"):
        run(photos, tmp_path / "out", "format=webp", names="{path}.jpg")


def test_what_no_picture_can_have_is_an_error_before_any_work(photos: Path, tmp_path: Path) -> None:
    for words in ({"parts": "colour"}, {"crops": "16x9"}, {"names": "{path"}, {"tables": "xml"}):
        with pytest.raises((FoveateError, ValueError)):
            run(photos, tmp_path / "out", **words)
    with pytest.raises(UnknownOption, match="widht"):
        run(photos, tmp_path / "out", "widht=20")
    for source in (photos, photos / "*.jpg"):
        with pytest.raises(BadOption, match="another folder"):
            run(source, photos)
    assert not (tmp_path / "out").exists()


def test_what_every_picture_would_meet_ends_it(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOVEATE_MODELS__FOLDER", str(tmp_path / "none"))
    foveate.forget_settings()
    with pytest.raises(WeightsMissing, match="retinaface"):
        run(photos, tmp_path / "out", "width=20,height=20,fit=cover,gravity=face")


def test_one_batch_at_a_time_writes_to_a_folder(photos: Path, tmp_path: Path) -> None:
    app = create(load(), Anywhere)
    asked = description_of([str(photos)], str(tmp_path / "out"), ["width=20"])
    with (
        Batch(app, asked, Going()).opened(),
        pytest.raises(BadOption, match="no other batch writes"),
    ):
        run(photos, tmp_path / "out")


def test_what_was_committed_and_not_placed_is_placed_when_it_is_opened(
    photos: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run(photos, out)
    aside = out / ".foveate-batch" / "aside"
    row = next(iter(_ids(photos, out)))
    (out / "a.png").rename(aside / f"{row.hex()}-1")
    (aside / f"{row.hex()}-2").write_bytes(b"half of it")
    report = run(photos, out)
    assert (report.done, report.before) == (0, 3)
    assert ink_of(out / "a.png") == "red"
    assert list(aside.iterdir()) == []


def _ids(photos: Path, out: Path) -> list[bytes]:
    from foveate.batches.sources import rows_of  # noqa: PLC0415

    return [row.id for row in rows_of([str(photos)], str(out), lambda _: iter(()))]


def test_a_watched_folder_is_done_as_files_settle(photos: Path, tmp_path: Path) -> None:
    app = create(load(), Anywhere)
    asked = description_of([str(photos)], str(tmp_path / "out"), ["width=20"])
    told: list[str] = []
    stopped = threading.Event()

    def tell(made_: Any, report: BatchReport) -> None:
        told.append(made_.row.path)
        assert report.done >= len(told), "what is committed together is counted before it is told"
        if len(told) == 3:
            drawn(photos / "new.png", "blue")
        if len(told) == 4:
            stopped.set()

    going = Going(told=tell, stopped=stopped, settle_s=0.05)
    report = watch(app, asked, going)
    assert told[3] == "new"
    assert report.done == 4
    assert ink_of(tmp_path / "out" / "new.png") == "blue"


class Hasty(threading.Event):
    """What stops a batch that has no patience between two looks."""

    def wait(self, timeout: float | None = None) -> bool:
        return super().wait(min(0.02, timeout or 0.02))


class Resting(threading.Event):
    """What stops a batch once it rests, and knows for how long it would have."""

    rest_s = 0.0

    def wait(self, timeout: float | None = None) -> bool:
        self.rest_s = timeout or 0.0
        self.set()
        return True


def test_a_look_that_took_long_is_followed_by_a_rest_that_is_longer(tmp_path: Path) -> None:
    drawn(tmp_path / "in" / "a.png")
    asked = description_of([str(tmp_path / "in")], str(tmp_path / "out"), ["width=20"])
    stopped, took_s = Resting(), 0.4
    going = Going(told=lambda *_: time.sleep(took_s), stopped=stopped)
    watch(create(load(), Anywhere), asked, going)
    assert stopped.rest_s >= 3 * took_s


def test_a_watched_folder_that_is_away_or_a_list_half_written_is_looked_at_again(
    photos: Path, tmp_path: Path
) -> None:
    listing, away, stopped = tmp_path / "l.jsonl", tmp_path / "away", Hasty()
    listing.write_text("{}\n")
    told: list[str] = []
    missed: list[str] = []

    def tell(made_: Any, _: BatchReport) -> None:
        told.append(made_.row.path)
        if len(told) == 4:
            listing.write_text(
                f'{{}}\n{{"source": "{photos}/a.png", "options": "rotate=90"}}\n{{"so'
            )
        if told[-1] == "new":
            stopped.set()

    def miss(why: Exception) -> None:
        missed.append(str(why))
        if len(missed) == 1:
            photos.rename(away)
            listing.write_text("{}\n")
        else:
            away.rename(photos)
            drawn(photos / "new.png", "blue")

    asked = description_of([str(photos), str(listing)], str(tmp_path / "out"), ["width=20"])
    going = Going(told=tell, missed=miss, stopped=stopped, settle_s=0.001)
    report = watch(create(load(), Anywhere), asked, going)
    assert "line 3: expected JSON" in missed[0]
    assert "nothing there" in missed[1]
    assert ink_of(tmp_path / "out" / "new.png") == "blue"
    assert report.stopped


def test_what_comes_before_a_list_ends_badly_is_done_and_told(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (photos / "l.jsonl").write_text('{"source": "a.png"}\n{"so')
    with pytest.raises(BadOption, match="line 2"):
        run(photos / "l.jsonl", out)
    assert [row["outputs"][0]["name"] for row in table(out)] == ["a.png"]
    (photos / "l.jsonl").write_text('{"so')
    with pytest.raises(BadOption, match="line 1"):
        run(photos / "l.jsonl", out)
    assert len(table(out)) == 1, "where nothing was met, nothing is known better"


def test_a_batch_that_watches_counts_each_row_once(photos: Path, tmp_path: Path) -> None:
    app = create(load(), Anywhere)
    (photos / "broken.png").write_bytes(b"no picture")
    listing = tmp_path / "list.txt"
    listing.write_text("".join(f"{file}\n" for file in [*sorted(photos.rglob("*.*"))]) * 2)
    asked = description_of([str(listing)], str(tmp_path / "out"), ["width=20"])
    run_batch(app, description_of([str(photos / "a.png")], asked.out, ["width=20"]), Going())
    looks = Batch(app, asked, Going())
    with looks.opened():
        for _ in range(3):
            looks.go()
    counts = {name: looks.report.to_json()[name] for name in ("before", "done", "repeated")}
    assert counts == {"before": 1, "done": 2, "repeated": 4}
    assert (looks.report.failed, looks.report.failed_before) == (1, 0)
    assert looks.report.errors == {"NotAnImage": 1}
    assert looks.report.met == 8


def test_a_row_that_loses_its_name_at_a_later_look_is_no_longer_done(tmp_path: Path) -> None:
    app = create(load(), Anywhere)
    drawn(tmp_path / "b" / "x.png", "blue")
    (tmp_path / "a").mkdir()
    asked = description_of(
        [str(tmp_path / "a"), str(tmp_path / "b")],
        str(tmp_path / "out"),
        ["width=20"],
        names=["{stem}.png"],
    )
    looks = Batch(app, asked, Going())
    with looks.opened():
        looks.go()
        drawn(tmp_path / "a" / "x.png", "red")
        looks.go()
    assert (looks.report.done, looks.report.before, looks.report.failed) == (1, 0, 1)


def test_a_file_that_is_being_written_is_left(photos: Path, tmp_path: Path) -> None:
    app = create(load(), Anywhere)
    asked = description_of([str(photos)], str(tmp_path / "out"), ["width=20"])
    report = run_batch(app, asked, Going(settle_s=60))
    assert (report.done, report.failed) == (0, 0)


def test_an_estimate_writes_nothing_and_counts_what_is_left(photos: Path, tmp_path: Path) -> None:
    app = create(load(), Anywhere)
    out = tmp_path / "out"
    asked = description_of([str(photos)], str(out), ["width=20"])
    whole = estimated(app, asked, Going(workers=2))
    assert not out.exists()
    # The first one loads what all of them need: it is tried, and not counted.
    assert (whole.pictures, whole.failed, len(whole.tried)) == (3, 0, 2)
    assert whole.seconds[0] <= whole.seconds[1]
    assert whole.bytes_of("bytes_out") > 0
    run(photos / "a.png", out)
    run(photos, out)
    assert estimated(app, asked, Going()).pictures == 0
    assert whole.to_json()["currency"] == "USD"


def test_a_picture_that_takes_more_memory_than_there_is_fails_alone(
    photos: Path, tmp_path: Path
) -> None:
    settings = load()
    small = replace(settings, load=replace(settings.load, memory_bytes=1_000_000))
    drawn(photos / "large.jpg", "red", (3000, 2000))
    report = run(photos, tmp_path / "out", app=create(small, Anywhere))
    assert (report.done, dict(report.errors)) == (3, {"MemoryBudgetSpent": 1})
