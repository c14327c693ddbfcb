"""`foveate people import --compreface`, from what answers as CompreFace does, and from us."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from compreface_server import KEY, Kept, compreface
from typer.testing import CliRunner

from foveate.background import forget_settings
from foveate.cli.main import app
from foveate.errors import BadOption, SourceNotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result

SERVE = (sys.executable, "-c", "from foveate.cli import main; main()", "serve", "--port", "0")
FIRST, SECOND, THIRD = (str(uuid4()) for _ in range(3))


@pytest.fixture(autouse=True)
def _index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FOVEATE_PEOPLE__FOLDER", str(tmp_path / "index"))
    monkeypatch.setenv("COMPREFACE_API_KEY", KEY)
    forget_settings()
    yield
    forget_settings()


def run(*words: object) -> Result:
    said = ["people", *map(str, words)]
    return CliRunner().invoke(app, said, catch_exceptions=False)


def moved(address: str, *words: str) -> tuple[int, list[dict[str, str]], str]:
    """Exit code, rows and last line of moving to the collection `new`."""
    done = run("import", "--compreface", address, "-c", "new", "--json", *words)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return done.exit_code, rows, done.stderr.splitlines()[-1]


def subjects() -> dict[str, int]:
    told = json.loads(run("list", "-c", "new", "--json").stdout)
    return {row["name"]: row["faces"] for row in told["subjects"]}


def test_examples_are_enrolled_and_the_next_time_passed_over_unread(portrait: str) -> None:
    data = Path(portrait).read_bytes()
    examples = {FIRST: ("Eileen", data), SECOND: ("Bob", b"no picture"), THIRD: ("Cy", b"")}
    with compreface(Kept(examples, ["Nobody"])) as there:
        code, rows, last = moved(there.address)
        assert (code, last) == (1, "1 picture enrolled, 0 were before, 2 could not be.")
        told = {row["subject"]: row for row in rows}
        assert told["Eileen"]["outcome"] == "enrolled"
        assert told["Bob"]["error"] == "NotAnImage"
        assert "save_images_to_db" in told["Cy"]["message"]
        assert subjects() == {"Eileen": 1, "Nobody": 0}

        there.examples = {FIRST: ("Eileen", data), SECOND: ("Bob", data)}
        there.asked.clear()
        code, rows, last = moved(there.address)
        assert "export" not in run("audit", "--json").stdout
        assert (code, last) == (0, "1 picture enrolled, 1 was before, 0 could not be.")
        assert f"/faces/{FIRST}/img" not in there.asked
        assert subjects() == {"Bob": 1, "Eileen": 1, "Nobody": 0}


def test_what_was_asked_for_must_make_sense(tmp_path: Path) -> None:
    for words in (("import",), ("import", tmp_path, "--compreface", "http://localhost")):
        with pytest.raises(BadOption, match="--compreface"):
            run(*words)
    with pytest.raises(BadOption, match="COMPREFACE_API_KEY"):
        run("import", "--compreface", "http://localhost", "--api-key", "")
    with compreface(Kept()) as there, pytest.raises(SourceNotFound):
        run("import", "--compreface", there.address, "--api-key", "another")


@contextlib.contextmanager
def served(folder: Path, log: Path) -> Iterator[str]:
    """Our own server, which answers as CompreFace does, on a port of its own."""
    settings = {"FOLDER": str(folder), "COMPREFACE": "1", "KEEP_CROPS": "1"}
    named = {f"FOVEATE_PEOPLE__{name}": value for name, value in settings.items()}
    with log.open("wb") as file:
        server = subprocess.Popen(SERVE, env={**os.environ, **named}, stdout=file, stderr=file)
    try:
        port = _port(log, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _port(log: Path, server: subprocess.Popen[bytes]) -> str:
    while server.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)", log.read_text()):
            return found[1]
    raise AssertionError(log.read_text())


def test_people_go_from_one_of_our_servers_to_another_index(
    portrait: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "there"
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("FOVEATE_PEOPLE__FOLDER", str(there))
        elsewhere.setenv("FOVEATE_PEOPLE__KEEP_CROPS", "1")
        forget_settings()
        assert run("add", portrait, "-s", "Eileen").exit_code == 0
        secret = run("key", "add", "mover").stdout.strip()
    forget_settings()
    with served(there, tmp_path / "log") as address:
        code, rows, _ = moved(address, "--api-key", secret)
    assert (code, [row["outcome"] for row in rows]) == (0, ["enrolled"])
    found = json.loads(run("search", portrait, "-c", "new", "--json").stdout)
    (candidate,) = found["faces"][0]["candidates"]
    assert (candidate["subject"], candidate["probability"] > 0.99) == ("Eileen", True)
