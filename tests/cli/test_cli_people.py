"""`foveate people`, run as a user runs it, on embeddings that were made elsewhere."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from people_faces import files_with, unit
from typer.testing import CliRunner

from foveate.background import forget_settings
from foveate.cli.main import app
from foveate.cli.people_words import from_pairs
from foveate.errors import BadOption, BadSettings, FaceRefused, UnknownSubject
from foveate.imaging import Image

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
    assert "Anna got 1 faces of Bob" in run("merge", "Bob", "Anna", "-c", "staff").stdout
    assert subjects() == {"Anna": 3}
    with pytest.raises(UnknownSubject):
        run("merge", "Bob", "Anna", "-c", "staff")


@pytest.mark.usefixtures("staff")
def test_a_subject_and_a_face_are_erased_for_good(tmp_path: Path) -> None:
    ids = [*faces_of("Ann"), *faces_of("")[:1]]
    (tmp_path / "staff.txt").unlink()
    assert run("erase", "Ann", "-c", "staff", "--yes").stdout == "2 faces are erased.\n"
    assert run("erase", "--face", ids[2], "-c", "staff", "--yes").stdout == "1 faces are erased.\n"
    assert subjects() == {"Bob": 1}
    # Who was erased stands in the log of erasures alone.
    left = {file for each in ids for file in files_with(tmp_path / "index", each.encode())}
    assert left <= {"audit.jsonl"}
    assert run("erase", "--everything", "-c", "staff", "--yes").stdout == "2 faces are erased.\n"
    assert json.loads(run("list", "--json").stdout) == {"collections": []}
    with pytest.raises(BadOption, match="none or several"):
        run("erase", "--yes")


@pytest.mark.usefixtures("staff")
def test_what_is_old_is_erased_as_a_schedule_does_it() -> None:
    assert run("erase", "--older-than", "1d", "-c", "staff").stdout == "0 faces are erased.\n"
    dry = run("erase", "--older-than", "0s", "-c", "staff", "--dry-run").stdout
    assert dry == "5 faces would be erased.\n"
    assert run("erase", "Ann", "-c", "staff", "--dry-run").stdout == "2 faces would be erased.\n"
    assert subjects() == {"Ann": 2, "Bob": 1}
    assert run("erase", "--older-than", "0s", "-c", "staff").stdout == "5 faces are erased.\n"
    assert subjects() == {}
    with pytest.raises(BadOption, match="1095d"):
        run("erase", "--older-than", "3 years", "-c", "staff")
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
    assert sorted(group) == sorted(unnamed)
    assert unnamed[0] in run("clusters", "-c", "staff").stdout
    assert run("name", unnamed[1], "Cy", "-c", "staff").stdout == "2 faces are Cy now.\n"
    assert run("clusters", "-c", "staff").stdout == "No unnamed faces belong together.\n"


@pytest.mark.usefixtures("staff")
def test_duplicates_are_listed() -> None:
    (pair,) = json.loads(run("duplicates", "-c", "staff", "--json").stdout)["pairs"]
    assert sorted(pair["faces"]) == sorted(faces_of(""))
    assert pair["cosine"] > 0.93


@pytest.mark.usefixtures("staff")
def test_what_is_exported_can_be_imported_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl"
    assert run("export", file, "-c", "staff").stdout == f"5 faces are in {file}.\n"
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


def test_a_portrait_is_enrolled_found_and_verified(portrait: str, tmp_path: Path) -> None:
    made = run("add", portrait, "-s", "Eileen", "--meta", "door=3", "--json")
    (face,) = json.loads(made.stdout)["enrolled"]
    assert (face["subject"], face["metadata"]) == ("Eileen", {"door": 3})
    assert run("add", portrait, "-s", "Eileen").stdout.endswith("enrolled before.\n")
    found = json.loads(run("search", portrait, "--json").stdout)
    (candidate,) = found["faces"][0]["candidates"]
    assert candidate["face"]["id"] == face["id"]
    assert "Eileen" in run("search", portrait).stdout
    assert run("verify", portrait, "Eileen").exit_code == 0
    with pytest.raises(FaceRefused):
        run("add", _blurred(portrait, tmp_path), "-s", "Eileen")
    assert run("erase", "Eileen", "--yes").exit_code == 0
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
