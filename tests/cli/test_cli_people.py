"""`foveate people`, run as a user runs it, on embeddings that were made elsewhere."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from people_faces import files_with, unit
from rich.console import Console
from typer.testing import CliRunner

from foveate.background import forget_settings
from foveate.cli.complaints import sentences
from foveate.cli.main import app
from foveate.cli.people_tables import face_table, group_table
from foveate.cli.people_words import from_pairs
from foveate.enrolled import EnrolledFace
from foveate.errors import (
    BadOption,
    BadSettings,
    FaceRefused,
    UnknownCollection,
    UnknownFace,
    UnknownSubject,
)
from foveate.geometry.box import Box
from foveate.imaging import Image
from foveate.service.found import Group

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result


@pytest.fixture(autouse=True)
def _index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FOVEATE_PEOPLE__FOLDER", str(tmp_path / "index"))
    forget_settings()
    yield
    forget_settings()


def run(*words: object) -> Result:
    said = ["people", *map(str, words)]
    return CliRunner().invoke(app, said, catch_exceptions=False)


@pytest.fixture
def staff(tmp_path: Path) -> str:
    """A collection of Ann twice, Bob, and a pair of unnamed faces of one person."""
    vectors = unit(5)
    vectors[4] = vectors[3] + 0.3 * vectors[0]
    vectors[1] = vectors[0] + 0.5 * vectors[1]
    np.save(tmp_path / "staff.npy", vectors)
    (tmp_path / "staff.txt").write_text("Ann\nAnn\nBob\n\n\n")
    done = run("import", tmp_path / "staff.npy", "-c", "staff", "--model", "other-1")
    assert done.stdout == "5 faces enrolled.\n"
    return "staff"


def faces_of(subject: str) -> list[str]:
    told = json.loads(run("show", subject, "-c", "staff", "--json").stdout)
    return [face["id"] for face in told["faces"]]


def subjects() -> dict[str, int]:
    told = json.loads(run("list", "-c", "staff", "--json").stdout)
    return {row["name"]: row["faces"] for row in told["subjects"]}


def test_collections_and_subjects_are_listed(staff: str) -> None:
    told = json.loads(run("list", "--json").stdout)["collections"]
    assert [(row["name"], row["faces"], row["model"]) for row in told] == [(staff, 5, "other-1")]
    assert subjects() == {"Ann": 2, "Bob": 1}
    table = run("list", "-c", staff).stdout
    assert "Ann" in table
    assert "Bob" in table


@pytest.mark.usefixtures("staff")
def test_what_was_imported_is_passed_over_the_next_time(tmp_path: Path) -> None:
    again = run("import", tmp_path / "staff.npy", "-c", "staff", "--model", "other-1", "--json")
    assert json.loads(again.stdout) == {"enrolled": 0}


@pytest.mark.usefixtures("staff")
def test_subjects_are_renamed_and_merged() -> None:
    assert "Anna now, with 2 faces" in run("rename", "Ann", "Anna", "-c", "staff").stdout
    assert "Anna got 1 face of Bob" in run("merge", "Bob", "Anna", "-c", "staff").stdout
    assert subjects() == {"Anna": 3}
    with pytest.raises(UnknownSubject):
        run("merge", "Bob", "Anna", "-c", "staff")
    with pytest.raises(UnknownSubject, match="no subject Nobody"):
        run("erase", "Nobody", "-c", "staff", "--dry-run")


@pytest.mark.usefixtures("staff")
def test_a_subject_and_a_face_are_erased_for_good(tmp_path: Path) -> None:
    ids = [*faces_of("Ann"), *faces_of("")[:1]]
    (tmp_path / "staff.txt").unlink()
    assert run("erase", "Ann", "-c", "staff", "--yes").stdout == "2 faces of staff are erased.\n"
    one = run("erase", "--face", ids[2][:8], "-c", "staff", "--yes").stdout
    assert one == "1 face of staff is erased.\n"
    assert subjects() == {"Bob": 1}
    # Who was erased stands in the log of erasures alone.
    left = {file for each in ids for file in files_with(tmp_path / "index", each.encode())}
    assert left <= {"audit.jsonl"}
    everything = run("erase", "--everything", "-c", "staff", "--yes").stdout
    assert everything == "2 faces of staff are erased.\n"
    assert json.loads(run("list", "--json").stdout) == {"collections": []}
    with pytest.raises(BadOption, match="none or several"):
        run("erase", "--yes")


@pytest.mark.usefixtures("staff")
def test_what_is_old_is_erased_as_a_schedule_does_it() -> None:
    old = ("erase", "-c", "staff", "--older-than")
    for age in ("1d", "2w"):
        assert run(*old, age, "--yes").stdout == "0 faces of staff are erased.\n"
    assert run(*old, "0s", "--dry-run").stdout == "5 faces of staff would be erased.\n"
    ann = run("erase", "Ann", "-c", "staff", "--dry-run").stdout
    assert ann == "2 faces of staff would be erased.\n"
    assert subjects() == {"Ann": 2, "Bob": 1}
    assert run(*old, "0s", "--yes").stdout == "5 faces of staff are erased.\n"
    assert subjects() == {}
    with pytest.raises(BadOption, match="1095d"):
        run(*old, "3 years")
    last = [json.loads(line) for line in run("audit", "--json").stdout.splitlines()][-1]
    assert (last["verb"], last["count"], last["door"]) == ("erase", 5, "cli")
    assert last["added_before"] <= last["time"]


@pytest.mark.usefixtures("staff")
def test_what_is_asked_here_is_in_the_audit_log() -> None:
    run("rename", "Ann", "Anna", "-c", "staff")
    entries = [json.loads(line) for line in run("audit", "--json").stdout.splitlines()]
    told = [(entry["verb"], entry["outcome"], entry.get("count")) for entry in entries]
    assert told == [
        ("import", "asked", None),
        ("import", "done", 5),
        ("rename", "asked", None),
        ("rename", "done", 2),
    ]
    assert {(entry["by"], entry["door"]) for entry in entries} == {("local", "cli")}
    (line,) = run("audit").stdout.splitlines()[-1:]
    assert line.endswith(f"local {entries[0]['user']} cli rename staff done Ann, Anna (2)")


def test_a_collection_is_sealed_and_the_list_says_so(
    staff: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadSettings, match="KEY_FILE"):
        run("seal", staff)
    (tmp_path / "key").write_text("ab" * 32)
    (tmp_path / "key").chmod(0o600)
    monkeypatch.setenv("FOVEATE_PEOPLE__KEY_FILE", str(tmp_path / "key"))
    forget_settings()
    (row,) = json.loads(run("list", "--json").stdout)["collections"]
    assert row["sealed"] == ""
    told = json.loads(run("seal", staff, "--json").stdout)
    assert (told["faces"], told["changed"], len(told["sealed"])) == (5, True, 16)
    assert told["sealed"] in run("list").stdout
    assert run("seal", staff).stdout.endswith("already.\n")
    assert len(run("export", "-", "-c", staff).stdout.splitlines()) == 5


@pytest.mark.usefixtures("staff")
def test_a_cluster_is_named_by_any_of_its_faces() -> None:
    unnamed = faces_of("")
    (group,) = json.loads(run("clusters", "-c", "staff", "--json").stdout)["clusters"]
    assert sorted(face["id"] for face in group["faces"]) == sorted(unnamed)
    assert group["count"] == 2
    lines = [line.split("\t") for line in run("clusters", "-c", "staff").stdout.splitlines()]
    assert sorted(lines) == sorted(["1", face, "0x0 at 0,0", "-"] for face in unnamed)
    with pytest.raises(BadOption, match="8 digits"):
        run("name", unnamed[1][:7], "Cy", "-c", "staff")
    with pytest.raises(UnknownFace):
        run("name", "0" * 8, "Cy", "-c", "staff")
    assert run("name", unnamed[1][:8], "Cy", "-c", "staff").stdout == "2 faces are Cy now.\n"
    assert run("clusters", "-c", "staff").stdout == "No unnamed faces belong together.\n"


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize("words", [("Ann",), ("--everything",), ("--older-than", "0s")])
def test_nothing_is_erased_where_nobody_can_be_asked(words: tuple[str, ...]) -> None:
    said = ["people", "erase", *words, "-c", "staff"]
    with pytest.raises(BadOption, match="Expected --yes: there is no terminal to ask at"):
        CliRunner().invoke(app, said, input="n\n", catch_exceptions=False)
    assert subjects() == {"Ann": 2, "Bob": 1}


@pytest.mark.usefixtures("staff")
def test_faces_without_a_name_are_counted_and_erased() -> None:
    told = run("list", "-c", "staff")
    assert '2 faces have no name: foveate people show "" -c staff' in told.stdout
    assert json.loads(run("list", "-c", "staff", "--json").stdout)["unnamed"] == 2
    dry = run("erase", "", "-c", "staff", "--dry-run").stdout
    assert dry == "2 faces of staff would be erased.\n"
    assert run("erase", "", "-c", "staff", "--yes").stdout == "2 faces of staff are erased.\n"
    assert subjects() == {"Ann": 2, "Bob": 1}
    assert faces_of("") == []


@pytest.mark.usefixtures("staff")
def test_somebody_who_is_not_there_is_an_error() -> None:
    with pytest.raises(UnknownSubject, match="Nobody in staff"):
        run("show", "Nobody", "-c", "staff")


@pytest.mark.usefixtures("staff")
def test_a_face_is_taken_from_somebody_by_force_alone() -> None:
    (face,) = faces_of("Bob")
    with pytest.raises(BadOption, match=rf"{face} of Bob.*--force.*merge"):
        run("name", face, "Ann", "-c", "staff")
    assert run("name", face, "Bob", "-c", "staff").stdout == "1 face is Bob now.\n"
    assert run("name", face, "Ann", "-c", "staff", "--force").stdout == "1 face is Ann now.\n"
    assert subjects() == {"Ann": 3}


@pytest.mark.usefixtures("staff")
def test_the_metadata_of_a_face_are_changed_and_told() -> None:
    (face,) = faces_of("Bob")
    words = ("describe", face[:8], "-c", "staff", "--meta")
    assert run(*words, "door=3", "--meta", "team=red").stdout == (
        f'{face}: {{"door": 3, "team": "red"}}\n'
    )
    told = json.loads(run(*words, "team=null", "--json").stdout)
    assert (told["id"], told["metadata"]) == (face, {"door": 3})


def test_an_id_stays_whole_in_a_narrow_terminal() -> None:
    face = EnrolledFace(
        id="0123456789abcdef" * 2, embedding=unit(1)[0], box=Box(1, 2, 30, 40), source="a/" * 40
    )
    for table in (face_table([face]), group_table([Group(faces=(face,))])):
        out = io.StringIO()
        Console(file=out, width=60, force_terminal=True, color_system=None).print(table)
        assert face.id in out.getvalue()
        assert len(out.getvalue().replace("\n", "")) > 200  # the rest is folded, not cut


@pytest.mark.usefixtures("staff")
def test_who_errs_in_the_collection_hears_which_there_are() -> None:
    with pytest.raises(UnknownCollection) as why:
        run("show", "Ann")
    assert sentences(why.value).endswith(
        "There is no collection people. -c names one; there is: staff."
    )


def test_a_key_for_a_collection_that_there_is_not_is_made_and_warned_of(staff: str) -> None:
    assert run("key", "add", "shop", "-c", staff).stderr == ""
    done = run("key", "add", "door", "-c", "stuff")
    assert len(done.stdout.splitlines()) == 1
    assert "There is no collection stuff yet" in done.stderr


def test_groups_are_drawn_on_a_sheet_from_the_pictures_that_are_there(
    portrait: str, tmp_path: Path
) -> None:
    picture = Image.new_from_file(portrait)
    for name in ("one", "two"):
        picture.resize(0.9 if name == "one" else 1.0).write_to_file(str(tmp_path / f"{name}.png"))
        assert run("add", tmp_path / f"{name}.png").exit_code == 0
    sheet = tmp_path / "sheet.png"
    done = run("clusters", "--sheet", sheet)
    assert json.loads(run("audit", "--json").stdout.splitlines()[-1])["verb"] == "crop"
    drawn = Image.new_from_file(str(sheet))
    first, second = (_cell(drawn, number).avg() for number in (0, 1))
    assert done.stdout.count("one.png") == 1
    assert abs(first - second) < 12  # the same face, from two sizes of one picture
    assert _cell(drawn, 0).deviate() > 30
    with pytest.raises(BadOption, match="another name than that of a picture"):
        run("clusters", "--sheet", tmp_path / "two.png")
    (tmp_path / "two.png").unlink()
    run("clusters", "--sheet", sheet)
    flat = [_cell(Image.new_from_file(str(sheet)), number).deviate() for number in (0, 1)]
    assert sorted(flat)[0] < 5
    assert sorted(flat)[1] > 30


def _cell(sheet: Image, number: int) -> Image:
    return sheet.crop(60 + number * 186, 110, 100, 100)


@pytest.mark.usefixtures("staff")
def test_duplicates_are_listed() -> None:
    (pair,) = json.loads(run("duplicates", "-c", "staff", "--json").stdout)["pairs"]
    assert sorted(face["id"] for face in pair["faces"]) == sorted(faces_of(""))
    assert pair["cosine"] > 0.93
    lines = [line.split("\t") for line in run("duplicates", "-c", "staff").stdout.splitlines()]
    assert [line[2:] for line in lines] == [["0x0 at 0,0", "-", "-"]] * 2


@pytest.mark.usefixtures("staff")
def test_what_is_exported_can_be_imported_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl"
    assert run("export", file, "-c", "staff").stdout == f"5 faces are in {file}.\n"
    with pytest.raises(BadOption, match="--force"):
        run("export", file, "-c", "staff")
    assert run("export", file, "-c", "staff", "--force").exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert run("import", file, "-c", "copy").stdout == "5 faces enrolled.\n"
    assert len(run("export", "-", "-c", "copy").stdout.splitlines()) == 5


def test_pictures_that_cannot_be_enrolled_are_told_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "them" / "Ann").mkdir(parents=True)
    (tmp_path / "them" / "Ann" / "a.jpg").write_bytes(b"no picture")
    (tmp_path / "them" / "stray.jpg").touch()
    done = run("import", tmp_path / "them", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    told = {row["source"].rpartition("/")[2]: row for row in rows}
    assert (told["a.jpg"]["outcome"], told["a.jpg"]["error"]) == ("failed", "NotAnImage")
    assert "--unknown" in told["stray.jpg"]["message"]
    assert "2 could not be" in done.stderr
    assert done.exit_code == 1
    entries = [json.loads(line) for line in run("audit", "--json").stdout.splitlines()]
    assert [(entry["outcome"], entry.get("count")) for entry in entries] == [
        ("asked", None),
        ("done", 0),
    ]


def test_a_picture_whose_name_is_no_utf_8_ends_no_import(portrait: str, tmp_path: Path) -> None:
    folder = tmp_path / "them" / "Eileen"
    folder.mkdir(parents=True)
    latin = os.fsencode(folder) + b"/Zo\xeb.png"
    for place in (latin, folder / "b.png"):
        Path(os.fsdecode(place)).write_bytes(Path(portrait).read_bytes())
    done = run("import", tmp_path / "them", "--json")
    failed, made = sorted(map(json.loads, done.stdout.splitlines()), key=itemgetter("outcome"))[
        ::-1
    ]
    assert (failed["outcome"], failed["error"]) == ("failed", "BadOption")
    assert "UTF-8" in failed["message"]
    assert made["outcome"] == "enrolled"
    assert "Zo\\udceb.png" in run("import", tmp_path / "them").stderr


def test_a_portrait_is_enrolled_found_and_verified(portrait: str, tmp_path: Path) -> None:
    made = run("add", portrait, "-s", "Eileen", "--meta", "door=3", "--json")
    (face,) = json.loads(made.stdout)["enrolled"]
    assert (face["subject"], face["metadata"]) == ("Eileen", {"door": 3})
    assert run("add", portrait, "-s", "Eileen").stdout.endswith(", and kept as it was.\n")
    found = json.loads(run("search", portrait, "--json").stdout)
    (candidate,) = found["faces"][0]["candidates"]
    assert candidate["face"]["id"] == face["id"]
    assert "Eileen" in run("search", portrait).stdout
    pages = [run("list", "-c", "people", "--limit", limit) for limit in ("1", "2")]
    assert [each.stderr for each in pages] == ["", ""]
    assert run("verify", portrait, "Eileen").exit_code == 0
    assert run("verify", portrait, "Eileen", "--at", "0.45x0.2").exit_code == 0
    with pytest.raises(FaceRefused, match="at that place"):
        run("verify", portrait, "Eileen", "--at", "0x1")
    with pytest.raises(FaceRefused, match="at that place"):
        run("add", portrait, "-s", "Eileen", "--at", "0x1")
    with pytest.raises(FaceRefused):
        run("add", _blurred(portrait, tmp_path), "-s", "Eileen")
    twin = run("add", portrait, "-s", "Pamela")
    assert "looks like Eileen  over 99.9% likely (confidence" in twin.stderr
    assert "There are more: --offset 1" in run("list", "-c", "people", "--limit", "1").stderr
    like = json.loads(run("add", portrait, "-s", "Twin", "--json").stdout)["resembles"]
    assert like["subject"] in {"Eileen", "Pamela"}
    for name in ("Eileen", "Pamela", "Twin"):
        assert run("erase", name, "--yes").exit_code == 0
    assert "nobody who is known" in run("search", portrait).stdout


def _blurred(portrait: str, folder: Path) -> Path:
    blurred = folder / "blurred.png"
    Image.new_from_file(portrait).gaussblur(6).write_to_file(str(blurred))
    return blurred


def test_metadata_is_read_as_json_where_it_is_some() -> None:
    assert from_pairs(["a=1", "b=x=y", "c=true"]) == {"a": 1, "b": "x=y", "c": True}
    with pytest.raises(BadOption, match="NAME=VALUE"):
        from_pairs(["door"])


def test_a_command_ends_with_its_code_and_all_it_had_to_say(tmp_path: Path) -> None:
    environment = {**os.environ, "FOVEATE_PEOPLE__FOLDER": str(tmp_path)}
    for words, code in ((["list", "--json"], 0), (["show", "Ann", "-c", "none"], 2)):
        done = subprocess.run(
            [sys.executable, "-c", "from foveate.cli import main; main()", "people", *words],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert done.stdout.endswith("\n") if code == 0 else "no collection" in done.stderr
