"""Access keys: a file of the operator's, which nobody else may read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fcntl import LOCK_EX, flock
from resource import RLIMIT_FSIZE, getrlimit, setrlimit
from signal import SIG_IGN, SIGXFSZ, signal
from typing import TYPE_CHECKING

import pytest

from foveate.errors import BadOption, BadSettings
from foveate.people.access_keys import MOST_BYTES, AccessKeys
from foveate.people.keys import Scope

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "a-secret-of-thirty-two-characters"  # noqa: S105
LINE = f"app APP0000000000001 {SECRET} team write"


def written(path: Path, text: str, mode: int = 0o600) -> AccessKeys:
    path.write_text(text)
    path.chmod(mode)
    return AccessKeys(path)


def test_a_line_is_a_key(tmp_path: Path) -> None:
    keys = written(tmp_path / "keys", f"# who has what\n\n{LINE}\n")
    found = keys.of("APP0000000000001")
    assert found is not None
    assert (found.secret, found.key.name, found.key.collection) == (SECRET, "app", "team")
    assert found.key.allows(Scope.WRITE, "team")
    assert not found.key.allows(Scope.ADMIN, "team")
    assert SECRET not in repr(found)
    assert keys.of("APP0000000000002") is None


def test_without_a_file_there_is_no_key(tmp_path: Path) -> None:
    assert AccessKeys(tmp_path / "none").of("APP0000000000001") is None


def test_a_key_is_there_from_when_it_is_written_until_it_is_taken_out(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    keys = written(path, "")
    assert keys.of("APP0000000000001") is None
    written(path, LINE)
    assert keys.of("APP0000000000001") is not None
    written(path, "#")
    assert keys.of("APP0000000000001") is None


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o620])
def test_a_file_that_others_may_read_or_change_is_refused(tmp_path: Path, mode: int) -> None:
    keys = written(tmp_path / "keys", LINE, mode)
    with pytest.raises(BadSettings, match="chmod 600"):
        keys.of("APP0000000000001")
    (tmp_path / "keys").chmod(0o640)
    assert keys.of("APP0000000000001") is not None


@pytest.mark.parametrize(
    "line",
    [
        "app APP0000000000001 short team write",
        f"app APP0000000000001 {SECRET} team",
        f"app APP0000000000001 {SECRET} team owner",
        f"app APP0000000000001 {SECRET} Team write",
        f"app APP {SECRET} team write",
        f"local APP0000000000001 {SECRET} team write",
        f"{LINE}\nother APP0000000000001 {SECRET} team write",
        f"{LINE}\napp APP0000000000002 {SECRET} team write",
    ],
)
def test_a_line_that_is_no_key_is_named_and_not_shown(tmp_path: Path, line: str) -> None:
    keys = written(tmp_path / "keys", line)
    with pytest.raises(BadSettings, match=r"line [12]: expected") as caught:
        keys.of("APP0000000000001")
    assert SECRET not in str(caught.value) + caught.value.public


def test_whoever_adds_a_key_waits_for_others_and_goes_by_theirs(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    keys = written(path, "")
    with ThreadPoolExecutor() as pool, path.open("a") as other:
        flock(other, LOCK_EX)
        added = pool.submit(keys.add, "app", "team", Scope.READ)
        with pytest.raises(TimeoutError):
            added.result(0.1)
        other.write(LINE)
        other.close()
        with pytest.raises(BadOption, match="an access key's already"):
            added.result(10)


def test_a_key_that_is_revoked_goes_and_the_rest_of_the_file_stays_as_it_was(
    tmp_path: Path,
) -> None:
    others = f"application {'A' * 16} {SECRET} * admin\r\n# app \xe9\r\n".encode("latin-1")
    path = tmp_path / "keys"
    path.write_bytes(others + f"{LINE}\r\n".encode())
    path.chmod(0o640)
    place = path.stat().st_ino
    keys = AccessKeys(path)
    assert keys.revoke("app")
    assert keys.of("APP0000000000001") is None
    assert keys.of("A" * 16) is not None
    assert path.read_bytes() == others + b"#" * len(LINE) + b"\r\n"
    assert (path.stat().st_ino, path.stat().st_mode & 0o777) == (place, 0o640)
    assert not keys.revoke("app")
    assert keys.add("app", "team", Scope.READ).key.name == "app"


def test_without_a_file_there_is_nothing_to_revoke(tmp_path: Path) -> None:
    assert not AccessKeys(tmp_path / "none").revoke("app")
    assert not (tmp_path / "none").exists()


def test_a_file_that_is_too_long_is_refused_and_not_cut(tmp_path: Path) -> None:
    keys = written(tmp_path / "keys", f"{LINE}\n#".ljust(MOST_BYTES, "#"))
    assert keys.of("APP0000000000001") is not None
    with pytest.raises(BadSettings, match=f"up to {MOST_BYTES} bytes"):
        keys.add("other", "team", Scope.READ)
    assert keys.of("APP0000000000001") is not None
    with (tmp_path / "keys").open("a") as file:
        file.write("#")
    with pytest.raises(BadSettings, match=f"up to {MOST_BYTES} bytes"):
        keys.of("APP0000000000001")


def test_a_key_that_is_written_in_part_is_taken_back(tmp_path: Path) -> None:
    keys = written(tmp_path / "keys", f"{LINE}\n")
    before, handler = getrlimit(RLIMIT_FSIZE), signal(SIGXFSZ, SIG_IGN)
    setrlimit(RLIMIT_FSIZE, (len(LINE) + 20, before[1]))
    try:
        with pytest.raises(BadSettings, match="only a part"):
            keys.add("other", "team", Scope.READ)
    finally:
        setrlimit(RLIMIT_FSIZE, before)
        signal(SIGXFSZ, handler)
    assert (tmp_path / "keys").read_text() == f"{LINE}\n"


def test_a_key_that_is_made_is_for_nobody_else_to_read(tmp_path: Path) -> None:
    keys = AccessKeys(tmp_path / "keys")
    made = keys.add("app", "team", Scope.READ)
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o600
    assert keys.of(made.id) == made
    assert len(made.secret) == 40
    with (tmp_path / "keys").open("a") as file:
        file.write("# no line ends here")
    other = keys.add("admin", "*", Scope.ADMIN)
    assert keys.of(made.id) == made
    assert keys.of(other.id) == other
    for name, collection in (("app", "team"), ("a b", "team"), ("local", "team"), ("x", "T")):
        with pytest.raises(BadOption):
            keys.add(name, collection, Scope.READ)
