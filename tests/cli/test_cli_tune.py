"""`foveate tune`: what is tried, what counts as better, and where it is written."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from foveate.cli.main import app
from foveate.cli.measuring import Speed, fresh, speed, without_caches
from foveate.cli.tune import changes, sample, write
from foveate.cli.tune_tables import Took, ended, table, tell, to_json
from foveate.cli.tuning import (
    By,
    Trial,
    at_score,
    axes,
    best,
    cost_of,
    engines_of,
    equal_bytes,
    trials,
    try_out,
)
from foveate.cli.tuning import with_value as set_to
from foveate.errors import BadOption
from foveate.geometry.box import Size
from foveate.service.score import Scored
from foveate.settings import Costs, Settings, load

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.imaging import Image

SECOND = Speed(renditions=10, wall_s=1.0, cpu_s=1.0, bytes=1000, workers=2)


def scored(score: float, size: int) -> Scored:
    return Scored(score=score, bytes=size, size=Size(8, 8), format="webp", quality=80)


def trial(value: int, by: By = By.COST, cost: float = 1.0, wall_s: float = 1.0) -> Trial:
    taken = replace(SECOND, wall_s=wall_s)
    return Trial(setting="load.queue", value=value, by=by, speed=taken, bytes=100.0, cost=cost)


@pytest.fixture
def folder(tmp_path: Path, photo: Image) -> Path:
    pictures = tmp_path / "pictures"
    (pictures / "more").mkdir(parents=True)
    for name in ("a.jpg", "b.png", "more/c.webp"):
        photo.write_to_file(str(pictures / name))
    (pictures / "broken.jpg").write_bytes(b"no picture")
    return pictures


def test_speed_counts_what_was_made_and_what_it_took() -> None:
    assert (SECOND.rate, SECOND.cpu_ms, SECOND.busy) == (10.0, 100.0, 0.5)


def test_whole_rounds_are_made_and_no_work_is_shared(folder: Path) -> None:
    sources, _ = sample(folder, lambda _: None)
    with without_caches(Settings()) as made:
        taken = speed(made, sources, ["width=20", "width=30"], seconds=0)
    assert taken.renditions == 6
    assert taken.bytes > 0
    jpeg = next(each for each in sources if each.data.startswith(b"\xff\xd8"))
    assert fresh(jpeg, 1).digest != fresh(jpeg, 2).digest
    assert fresh(jpeg, 1).facts.size == jpeg.facts.size


def test_the_sample_is_the_same_each_time_and_leaves_out_what_no_trial_could_use(
    folder: Path, capsys: pytest.CaptureFixture[str], photo: Image
) -> None:
    (folder / "cut.jpg").write_bytes(photo.jpegsave_buffer()[:2000])
    photo.crop(0, 0, 1, 1).write_to_file(str(folder / "dot.png"))
    with without_caches(Settings()) as made:
        found, failed = sample(folder, partial(try_out, made))
    assert (len(found), failed) == (3, 3)
    told = capsys.readouterr().err
    assert all(name in told for name in ("broken.jpg", "cut.jpg", "dot.png"))
    unchecked, _ = sample(folder, lambda _: None)
    kept, again = ([each.digest for each in some] for some in (found, unchecked))
    assert [digest for digest in again if digest in kept] == kept
    with pytest.raises(BadOption, match="got nothing of that name"):
        sample(folder / "none", lambda _: None)


def test_what_is_set_comes_first_and_engines_only_where_there_are_several() -> None:
    settings = set_to(Settings(), "encoding.webp_effort", 4)
    tried = {axis.setting: axis for axis in axes(settings, faces=False)}
    assert tried["encoding.webp_effort"].values == (4, 0, 2, 6)
    assert "runtime.engine" not in tried
    # On a GPU, onnxruntime runs all of them.
    assert engines_of(set_to(Settings(), "runtime.provider", "cuda")) == ("auto",)


@pytest.mark.parametrize(
    ("others", "value"),
    [([], 1), ([trial(2, cost=0.99)], 1), ([trial(2, cost=0.9), trial(3, cost=0.8)], 3)],
)
def test_what_is_set_stays_unless_something_is_clearly_better(
    others: list[Trial], value: int
) -> None:
    assert best([trial(1), *others]).value == value


def test_of_what_is_about_as_good_the_lightest_is_taken() -> None:
    heavy, light = trial(6, cost=0.80), trial(4, cost=0.81)
    heavy = replace(heavy, speed=replace(SECOND, cpu_s=2.0))
    assert best([trial(2), heavy, light]) is light


def test_workers_are_judged_by_how_much_is_made() -> None:
    slow, quick = trial(1, By.RATE, cost=0.1), trial(2, By.RATE, cost=1.0, wall_s=0.5)
    slow = replace(slow, speed=replace(SECOND, cpu_s=2.0))
    assert best([slow, quick]) is quick
    assert changes([slow, quick]) == {"load.queue": 2}


def test_workers_stay_where_others_had_the_cores() -> None:
    slow, quick = trial(1, By.RATE), trial(2, By.RATE, wall_s=0.5)
    assert best([replace(slow, speed=replace(SECOND, cpu_s=0.8)), quick]).value == 1


def test_what_was_written_is_said_and_what_was_disturbed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    done = [trial(1), trial(2, cost=0.5)]
    tell(done, changes(done), Settings(), None)
    said = capsys.readouterr().out
    assert "Only 50% of the cores worked" in said
    assert "Nothing was written" in ended(None)
    busy = [replace(each, speed=replace(SECOND, cpu_s=2.0)) for each in done]
    tell(busy, changes(busy), Settings(), tmp_path / "a.toml")
    said = capsys.readouterr().out
    assert "Only" not in said
    assert f"Written. Serve with it: FOVEATE_CONFIG={tmp_path}/a.toml" in ended(tmp_path / "a.toml")
    tell(busy, {}, Settings(), None)
    assert "nothing was written" in capsys.readouterr().out


def test_bytes_are_compared_where_pictures_look_the_same() -> None:
    low, high = scored(60, 100), scored(80, 400)
    assert at_score(low, high, 70) == pytest.approx(200)
    # Three bytes in four for the same look; of the second picture only one of both knows.
    now = [(low, high), (scored(60, 1000), scored(80, 4000))]
    harder = [(scored(60, 75), scored(80, 300))]
    assert equal_bytes(now, now) == pytest.approx(1100)
    assert equal_bytes(now, harder) == pytest.approx(825)


def test_costs_are_processor_time_once_and_traffic_as_often_as_it_is_sent() -> None:
    prices = Costs(cpu_hour=3.6, out_gb=1.0)
    assert cost_of(100, 50_000, prices, views=10) == pytest.approx(0.1 + 0.5)


def test_trials_measure_every_value_and_leave_nothing_behind(folder: Path, tmp_path: Path) -> None:
    sources, settings = sample(folder, lambda _: None)[0][:1], Settings()
    tried = [
        replace(axis, values=axis.values[:2], options=("width=20,format=webp",))
        for axis in axes(settings, faces=False)
        if axis.setting in {"encoding.webp_effort", "load.workers"}
    ]
    done = list(trials(settings, sources, tried, seconds=0.01, views=10))
    assert [(each.setting, each.value) for each in done] == [
        ("encoding.webp_effort", 2),
        ("encoding.webp_effort", 0),
        ("load.workers", 0),
        ("load.workers", tried[1].values[1]),
    ]
    assert all(each.bytes > 0 and each.cost > 0 for each in done)
    assert not list((tmp_path / "cache").rglob("*"))
    told = to_json(done, changes(done), sources, 0, None, Took(2.0, 3.0))
    assert json.loads(json.dumps(told))["trials"][0]["setting"] == "encoding.webp_effort"
    assert table(done, "USD").row_count == 4


@pytest.mark.parametrize(("wall_s", "disturbed"), [(0.5, False), (2.0, True)])
def test_programs_are_told_too_that_others_had_the_cores(wall_s: float, disturbed: bool) -> None:
    done = [trial(1, wall_s=wall_s), trial(2, wall_s=wall_s), trial(3, wall_s=0.5)]
    told = to_json(done, {}, [], 0, None, Took(60.04, 100.0))
    assert told["disturbed"] is disturbed
    assert [each["busy"] for each in told["trials"]] == [0.5 / wall_s, 0.5 / wall_s, 1.0]
    assert told["took"] == {"wall_s": 60.04, "cpu_s": 100.0}


def test_what_is_best_is_written_where_serve_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "foveate.toml"
    file.write_text("[load]\nqueue = 9\n")
    write(file, {"load.workers": 3})
    assert tomllib.loads(file.read_text()) == {"load": {"queue": 9, "workers": 3}}

    monkeypatch.setenv("FOVEATE_CONFIG", str(file))
    assert (load().load.workers, load().load.queue) == (3, 9)


def test_a_folder_without_pictures_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="Expected a folder with pictures"):
        CliRunner().invoke(app, ["tune", str(tmp_path)], catch_exceptions=False)


def test_what_a_link_leads_to_is_written_with_its_own_ends_of_lines(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_bytes(b"[server]\r\nport = 8100\r\n")
    link = tmp_path / "foveate.toml"
    link.symlink_to("real.toml")
    write(link, {"server.port": 8200})
    assert link.is_symlink()
    assert (tmp_path / "real.toml").read_bytes() == b"[server]\r\nport = 8200\r\n"


def test_a_file_that_cannot_be_written_is_refused_before_anything_is_measured(
    folder: Path, tmp_path: Path
) -> None:
    odd = tmp_path / "odd.toml"
    odd.write_text("encoding = {avif_effort = 1}\n")
    for to, said in ((odd, "a table for each group"), (tmp_path / "no" / "a.toml", "a folder")):
        done = CliRunner().invoke(app, ["tune", str(folder), "--to", str(to)])
        assert done.exit_code != 0
        assert said in str(done.exception) + done.output
