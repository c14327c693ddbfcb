"""What people at a terminal are told when something is wrong."""

from __future__ import annotations

import os
import pty
import re
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from foveate import errors
from foveate.cli.complaints import REMEDIES, complain, exit_code, printable, sentences, told
from foveate.cli.main import app, run_commands
from foveate.configuration.given import variable
from foveate.configuration.table import table_of
from foveate.settings import Settings
from foveate.storage.api_server import ApiServer

if TYPE_CHECKING:
    from pathlib import Path

VARIABLES = {variable(name) for name in table_of(Settings).rows}
COMPLAIN = (
    "from foveate.cli.complaints import complain; from foveate.errors import BrokenImage\n"
    "complain(BrokenImage('Expected a box, got none'), about='a.heic')"
)


def said_on_a_terminal(**environment: str) -> str:
    """Return what a process of its own writes to a standard error that is a terminal."""
    ours, theirs = pty.openpty()
    kept = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "FORCE_COLOR", "TERM"}}
    environment = {**kept, "TERM": "xterm-256color", **environment}
    command = [sys.executable, "-c", COMPLAIN]
    subprocess.run(command, stderr=theirs, env=environment, check=True)
    os.close(theirs)
    said = os.read(ours, 4096).decode()
    os.close(ours)
    return said


@pytest.mark.parametrize("remedy", REMEDIES.values())
def test_remedies_name_settings_that_exist(remedy: str) -> None:
    assert set(re.findall(r"FOVEATE_\w+", remedy)) <= VARIABLES


def test_what_the_log_alone_heard_is_said_with_what_to_do() -> None:
    error = errors.TooManyPixels("Expected up to 100 pixels, got 20x20")
    assert sentences(error) == (
        "The original has too many pixels. Expected up to 100 pixels, got 20x20. "
        "To take it, raise FOVEATE_LIMITS__MAX_PIXELS or FOVEATE_LIMITS__MAX_SIDE."
    )


def test_what_to_do_about_pictures_is_not_said_of_what_is_none() -> None:
    assert sentences(errors.SourceRefused("a.jpg: 403.")).endswith("and name the file.")
    assert sentences(errors.BucketRefused("b: no.")).endswith("at what they may do.")
    said = "This key was used too often. Try again in a moment."
    assert sentences(errors.SourceRefused(said, public=said)) == said
    assert sentences(errors.TimedOut()).endswith("or raise FOVEATE_LIMITS__TIMEOUT_S.")
    assert sentences(errors.TimedOut("late", public="c.jpg: late.")).endswith("TIMEOUT_S.")
    waited = "Expected a dataset within 2 s, got none yet: wait again."
    assert sentences(errors.TimedOut(waited, public=waited)) == waited
    assert sentences(errors.CredentialsMissing("Set them.")).endswith("there are none. Set them.")


def test_nothing_is_said_twice() -> None:
    assert sentences(errors.BadOption("Expected a, got b.")) == "Expected a, got b."
    damaged = "The weights of x are damaged. Fetch them anew: foveate models pull x"
    assert sentences(errors.WeightsCorrupt(damaged)) == f"{damaged}."
    failed = "HandlerFailed: a.jpg: expected no error, got MemoryError: "
    assert sentences(errors.DatasetFailed(failed, public=failed)) == failed
    assert sentences(errors.EncodeFailed()) == errors.EncodeFailed.summary


def test_a_file_that_is_no_picture_is_named_by_what_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "notes.jpg"
    text.write_text("only words")
    monkeypatch.setattr("sys.argv", ["foveate", "render", str(text), str(tmp_path / "x.png")])
    with pytest.raises(SystemExit) as stopped:
        run_commands()
    said = capsys.readouterr().err
    assert stopped.value.code == 1
    assert "got bytes that begin with b'only words'" in said
    assert said.count("\n") == 1


def test_colours_are_for_terminals_that_want_them(capsys: pytest.CaptureFixture[str]) -> None:
    complain(errors.BrokenImage("Expected a box, got none"), about="a.heic")
    plain = "foveate: a.heic: The original is broken and cannot be decoded."
    assert capsys.readouterr().err.startswith(plain)
    assert "\x1b[1;31mfoveate:" in said_on_a_terminal()
    assert "31m" not in said_on_a_terminal(NO_COLOR="1")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.BadOption, 2),
        (errors.BadSettings, 2),
        (errors.UnknownModel, 2),
        (errors.BrokenImage, 1),
        (errors.WeightsMissing, 1),
    ],
)
def test_exit_codes_follow_the_nearest_ancestor(kind: type[errors.FoveateError], code: int) -> None:
    assert exit_code(kind) == code


def test_the_version_is_said() -> None:
    done = CliRunner().invoke(app, ["--version"])
    assert re.fullmatch(r"foveate \d+\.\d+\S*\n", done.output)
    assert done.exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["crops", "x.jpg", "--aspect", "stori"], "got 'stori' (did you mean story?)"),
        (["crops", "x.jpg", "--set", "soical"], "got 'soical' (did you mean social?)"),
        (["crops", "x.jpg", "--aspect", "1:1", "--faces", "Ann"], "subject:NAME, got 'Ann'"),
        (["models", "pull", "retinafac"], "got retinafac (did you mean retinaface?)"),
        (["analyse", "x.jpg", "--parts", "facs"], "got facs (did you mean faces?)"),
        (["render", "x.jpg", "y.jpg", "-o", "widht=3"], "widht (did you mean width?)"),
    ],
)
def test_misspelt_names_are_answered_with_the_one_that_was_meant(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.jpg").write_bytes(b"not looked at")
    monkeypatch.setattr("sys.argv", ["foveate", *words])
    with pytest.raises(SystemExit) as stopped:
        run_commands()
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err


def test_names_of_files_cannot_tell_a_terminal_what_to_do() -> None:
    assert printable("a\x1b]0;x\x07b\n.jpg") == "a\\x1b]0;x\\x07b\\n.jpg"
    assert printable("Fotos von Zoë/猫.jpg") == "Fotos von Zoë/猫.jpg"


def test_a_sentence_of_its_own_stands_once_and_without_advice_for_another_case() -> None:
    said = "Nobody kept a picture of it: enrol another one."
    assert sentences(errors.SourceNotFound(said, public=said)) == said
    assert sentences(errors.SourceNotFound("in/a.jpg")).endswith("how the name is written.")


def test_a_server_of_ours_that_is_away_is_told_as_such() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(errors.SourceUnreachable) as away:
        ApiServer(f"http://127.0.0.1:{port}").json("GET", "/v1/datasets")
    said = sentences(away.value)
    assert said.startswith(f"The server at http://127.0.0.1:{port} cannot be reached")
    assert "original" not in said
    assert "browser" not in said


def test_a_working_directory_that_was_deleted_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    why = FileNotFoundError(2, "No such file or directory")
    assert told(why) == "No such file or directory"
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert told(why) == "Expected a working directory, got one that was deleted."
