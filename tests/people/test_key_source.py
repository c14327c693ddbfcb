"""Where the keys of the face index come from, and that nothing else is told of them."""

from __future__ import annotations

import base64
import logging
import os
import shlex
import sys
from typing import TYPE_CHECKING

import pytest

from foveate.errors import BadInstallation, BadSettings
from foveate.people.key_source import from_command, from_file, key_source, keys_of
from foveate.people.sealing import Keyring

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO = bytes(range(32)), b"\xfb\xff" * 16


@pytest.mark.parametrize(
    "text",
    [
        ONE.hex().encode(),
        ONE.hex().upper().encode() + b"\r\n",
        base64.b64encode(ONE),
        base64.b64encode(ONE).rstrip(b"="),
        b"# of 2026\n\n  " + base64.b64encode(ONE) + b"  \n",
    ],
)
def test_keys_are_written_as_hex_or_base64(text: bytes) -> None:
    assert keys_of(text, "KEY") == (ONE,)


def test_several_keys_come_in_their_order() -> None:
    text = base64.urlsafe_b64encode(TWO) + b"\n" + ONE.hex().encode()
    assert keys_of(text, "KEY") == (TWO, ONE)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "no line"),
        (b"# nothing yet\n", "no line"),
        (b"secret-but-short", "line 1"),
        (ONE.hex().encode() + b"\n" + ONE.hex().encode()[:-2], "line 2"),
        (base64.b64encode(b"secret" * 9), "line 1"),
    ],
)
def test_what_is_no_key_is_named_by_its_line_and_not_shown(text: bytes, said: str) -> None:
    with pytest.raises(BadSettings, match=said) as caught:
        keys_of(text, "FOVEATE_PEOPLE__KEY_FILE")
    last = text.splitlines()[-1].decode() if text else "nothing"
    assert last not in str(caught.value)
    assert "32 bytes as base64 or hex" in str(caught.value)


@pytest.mark.parametrize(("mode", "taken"), [(0o600, True), (0o440, True), (0o644, False)])
def test_a_file_that_everybody_may_read_is_refused(
    tmp_path: Path, mode: int, *, taken: bool
) -> None:
    file = tmp_path / "keys"
    file.write_text(ONE.hex())
    file.chmod(mode)
    if taken:
        assert from_file(file) == (ONE,)
        return
    with pytest.raises(BadSettings, match=f"got mode {mode:o}. chmod 600 {file}") as caught:
        from_file(file)
    assert str(file) not in caught.value.public


def test_a_file_that_is_not_there_is_told_to_strangers_without_its_path(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="No such file") as caught:
        from_file(tmp_path / "keys")
    assert str(tmp_path) not in caught.value.public


def _command(code: str) -> str:
    return shlex.join([sys.executable, "-c", code])


def test_a_command_prints_the_key_and_no_shell_reads_it(tmp_path: Path) -> None:
    code = f"import sys; print({ONE.hex()!r}) if sys.argv[1:] == ['$HOME', ';'] else 0"
    assert from_command(f"{_command(code)} '$HOME' ';'") == (ONE,)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("print('hush-hush'); raise SystemExit(3)", "exit code 0, got 3"),
        ("import sys; sys.stderr.write('hush-hush'); sys.exit('hush-hush')", "got 1"),
        ("print('hush-hush')", "line 1"),
        ("import time; print('hush-hush', flush=True); time.sleep(60)", "within 0.7 s"),
    ],
)
def test_what_a_command_says_is_in_no_error_and_no_log(
    code: str, said: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(BadSettings, match=said) as caught:
        from_command(_command(code), timeout_s=0.7)
    told = [str(caught.value), caught.value.public, caplog.text, *capfd.readouterr()]
    chain, error = [], caught.value
    while error is not None:
        chain.append(repr(error) + repr(vars(error)))
        error = error.__context__ if not error.__suppress_context__ else error.__cause__
    # The code of the command itself may stand nowhere either.
    assert not [text for text in (*told, *chain) if "hush-hush" in text]


@pytest.mark.parametrize("command", ["/no/such/program --key", "'unclosed"])
def test_a_command_that_does_not_run_is_said(command: str) -> None:
    with pytest.raises(BadSettings, match="expected a command that runs"):
        from_command(command)


def test_a_command_runs_once_and_only_when_a_key_is_needed(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    code = f"open({str(runs)!r}, 'a').write('x'); print({ONE.hex()!r})"
    keys = Keyring(key_source("", _command(code)))
    assert not runs.exists()
    first, second = keys.new("model"), keys.new("model")
    assert first is not None
    assert second is not None
    assert first.mark.key == second.mark.key
    assert first.mark.salt != second.mark.salt
    assert runs.read_text() == "x"


def test_one_place_is_named_or_none(tmp_path: Path) -> None:
    assert key_source("", "")() == ()
    assert Keyring(key_source("", "")).new("model") is None
    with pytest.raises(BadSettings, match="got both"):
        key_source(str(tmp_path), "true")


def test_without_the_library_the_command_that_installs_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.hashes", None)
    with pytest.raises(BadInstallation, match=r"pip install 'foveate\[people\]'"):
        Keyring(lambda: [os.urandom(32)]).load()
