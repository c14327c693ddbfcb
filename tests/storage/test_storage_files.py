from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest
from storage_origin import no_descriptors

from foveate.errors import SourceFailed, SourceNotFound, SourceTooLarge, Unavailable
from foveate.storage.at_hand import MOST_BYTES
from foveate.storage.failures import is_shortage, of_file
from foveate.storage.files import FolderOrigin

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of originals with secrets beside it and in it."""
    root = tmp_path / "originals"
    (root / "deep" / "er").mkdir(parents=True)
    (root / "a.jpg").write_bytes(b"picture a")
    (root / "deep" / "er" / "ü 100%.jpg").write_bytes(b"picture b")
    (root / ".hidden.jpg").write_bytes(b"secret")
    (root / ".git").mkdir()
    (root / ".git" / "config").write_bytes(b"secret")
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    (tmp_path / "originals-too").mkdir()
    (tmp_path / "originals-too" / "secret.jpg").write_bytes(b"secret")
    return root


@pytest.mark.parametrize(
    ("key", "data"),
    [
        ("a.jpg", b"picture a"),
        ("/a.jpg", b"picture a"),
        ("deep//er/ü 100%.jpg", b"picture b"),
    ],
)
async def test_a_file_is_read_by_its_relative_path(folder: Path, key: str, data: bytes) -> None:
    source = FolderOrigin(folder, 100)
    original = await source.read(key)
    assert original.data == data
    assert original.version == await source.version(key)


async def test_a_file_too_large_to_be_read_on_the_loop_is_read_whole(folder: Path) -> None:
    data = os.urandom(MOST_BYTES + 1)
    (folder / "large.jpg").write_bytes(data)
    assert (await FolderOrigin(folder, len(data)).read("large.jpg")).data == data


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/",
        ".",
        "..",
        "missing.jpg",
        "deep",
        "deep/er/",
        "a.jpg/",
        "a.jpg//",
        "a.jpg/more",
        "../secret.jpg",
        "deep/../a.jpg",
        "deep/../../secret.jpg",
        "./a.jpg",
        "..\\secret.jpg",
        "deep\\..\\a.jpg",
        "//etc/passwd",
        "/etc/passwd",
        ".hidden.jpg",
        ".git/config",
        "a.jpg\0",
        "a.jpg\0.png",
        "\ud800.jpg",
        "n" * 300,
        "d/" * 3000,
    ],
)
async def test_no_key_leads_out_or_to_what_is_hidden(folder: Path, key: str) -> None:
    source = FolderOrigin(folder, 100)
    with pytest.raises(SourceNotFound):
        await source.version(key)
    with pytest.raises(SourceNotFound) as refusal:
        await source.read(key)
    assert refusal.value.public == SourceNotFound.summary


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("out.jpg", "../secret.jpg"),
        ("beside", "../originals-too"),
        ("up", ".."),
        ("root", "/"),
        ("dangling.jpg", "nowhere.jpg"),
        ("loop", "loop"),
    ],
)
async def test_links_that_lead_outside_are_refused(folder: Path, link: str, target: str) -> None:
    (folder / link).symlink_to(target)
    key = {"beside": "beside/secret.jpg", "up": "up/secret.jpg", "root": "root/etc/passwd"}
    source = FolderOrigin(folder, 100)
    for ask in (source.version, source.read):
        with pytest.raises(SourceNotFound):
            await ask(key.get(link, link))


@pytest.mark.parametrize(
    ("link", "target", "key"),
    [
        ("shown.jpg", ".hidden.jpg", "shown.jpg"),
        ("config", ".git/config", "config"),
        ("repository", ".git", "repository/config"),
        ("twice.jpg", "shown-too.jpg", "twice.jpg"),
    ],
)
async def test_links_to_what_is_hidden_are_refused(
    folder: Path, link: str, target: str, key: str
) -> None:
    (folder / "shown-too.jpg").symlink_to(".hidden.jpg")
    (folder / link).symlink_to(target)
    source = FolderOrigin(folder, 100)
    for ask in (source.version, source.read):
        with pytest.raises(SourceNotFound):
            await ask(key)


async def test_a_folder_that_is_hidden_itself_is_served(tmp_path: Path) -> None:
    root = tmp_path / ".pictures"
    root.mkdir()
    (root / "a.jpg").write_bytes(b"picture a")
    (root / "same.jpg").symlink_to("a.jpg")
    assert (await FolderOrigin(root, 100).read("same.jpg")).data == b"picture a"


async def test_links_inside_the_folder_are_followed(folder: Path) -> None:
    (folder / "same.jpg").symlink_to("a.jpg")
    (folder / "short").symlink_to("deep/er")
    source = FolderOrigin(folder, 100)
    assert (await source.read("same.jpg")).data == b"picture a"
    assert (await source.read("short/ü 100%.jpg")).data == b"picture b"
    assert await source.version("same.jpg") == await source.version("a.jpg")


async def test_the_folder_itself_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    assert (await FolderOrigin(tmp_path / "link", 100).read("a.jpg")).data == b"picture a"


async def test_the_version_changes_with_the_file(folder: Path) -> None:
    source = FolderOrigin(folder, 100)
    before = await source.version("a.jpg")
    assert await source.version("a.jpg") == source.version_now("a.jpg") == before
    (folder / "a.jpg").write_bytes(b"picture A")
    os.utime(folder / "a.jpg", ns=(1, 1))
    assert source.version_now("a.jpg") == await source.version("a.jpg") not in {None, before}


async def test_a_file_that_went_away_or_became_a_link_out_has_not_its_old_version(
    folder: Path, tmp_path: Path
) -> None:
    source = FolderOrigin(folder, 100)
    before = await source.version("a.jpg")
    (folder / "a.jpg").unlink()
    assert source.version_now("a.jpg") is None
    (tmp_path / "secret").write_bytes(b"something else")
    (folder / "a.jpg").symlink_to(tmp_path / "secret")
    assert source.version_now("a.jpg") != before


async def test_the_limit_is_exact(folder: Path) -> None:
    size = len(b"picture a")
    assert (await FolderOrigin(folder, size).read("a.jpg")).data == b"picture a"
    with pytest.raises(SourceTooLarge, match=f"at most {size - 1} bytes, got {size}"):
        await FolderOrigin(folder, size - 1).read("a.jpg")


async def test_a_huge_file_is_refused_before_it_is_read(folder: Path) -> None:
    with (folder / "sparse.jpg").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(SourceTooLarge):
        await FolderOrigin(folder, 1000).read("sparse.jpg")


async def test_a_pipe_is_no_picture_and_hangs_nobody(folder: Path) -> None:
    os.mkfifo(folder / "pipe.jpg")
    source = FolderOrigin(folder, 100)
    for ask in (source.version, source.read):
        with pytest.raises(SourceNotFound):
            await ask("pipe.jpg")


async def test_no_descriptor_left_says_nothing_of_the_file(folder: Path) -> None:
    source = FolderOrigin(folder, 100)
    assert (await source.read("a.jpg")).data
    with no_descriptors(), pytest.raises(Unavailable):
        await source.read("a.jpg")
    assert (await source.read("a.jpg")).data


@pytest.mark.parametrize(
    ("number", "noun"),
    [
        (errno.ENOENT, SourceNotFound),
        (errno.EACCES, SourceNotFound),
        (errno.ELOOP, SourceNotFound),
        (errno.ENFILE, Unavailable),
        (errno.ENOMEM, Unavailable),
        (errno.EIO, SourceFailed),
        (errno.ESTALE, SourceFailed),
    ],
)
def test_a_file_is_gone_or_its_disk_fails_or_we_have_nothing_left(
    number: int, noun: type[Exception]
) -> None:
    assert of_file(OSError(number, "so it is")) is noun


def test_what_led_to_an_error_counts() -> None:
    wrapped = RuntimeError("cannot connect")
    wrapped.__cause__ = OSError("all attempts failed")
    wrapped.__cause__.__context__ = OSError(errno.EMFILE, "no descriptors")
    assert is_shortage(wrapped)
    assert not is_shortage(OSError(errno.ECONNREFUSED, "closed"))
