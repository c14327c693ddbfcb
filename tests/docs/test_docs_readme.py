"""What `make readme` runs, and that it would notice."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]
NOT_RUN = 1
"""Blocks of README.md that no test runs. One more wants a reason that holds on every machine."""
SERVER = """\
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404 if "lost" in self.path else 200)
        self.send_header("Content-Type", "text/plain" if "text" in self.path else "image/png")
        self.end_headers()
        self.wfile.write(b"x")
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("try_readme", ROOT / "docs/try_readme.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


trial: Any = load()
PAGE = (ROOT / "README.md").read_text("utf-8")


def block(text: str, language: str = "sh") -> str:
    return f"```{language}\n{text}\n```\n"


def code_of(page: str, folder: Path) -> int:
    code: int = trial.run(trial.script(page), folder, folder)
    return code


@pytest.fixture
def serving(tmp_path: Path, free_port: int) -> str:
    """A block in which `foveate serve` is a server that answers nearly everything."""
    (tmp_path / "server.py").write_text(SERVER)
    path = f"#!{sys.executable}\nimport runpy, sys\nsys.argv = ['', '{free_port}']\n"
    program = tmp_path / "foveate"
    program.write_text(f"{path}runpy.run_path('{tmp_path / 'server.py'}')\n")
    program.chmod(0o755)
    return block(f'PATH="{tmp_path}:$PATH"\nfoveate serve --port {free_port}  # and wait')


@pytest.fixture
def free_port() -> int:
    import socket  # noqa: PLC0415

    with socket.create_server(("127.0.0.1", 0)) as bound:
        port: int = bound.getsockname()[1]
    return port


def test_all_blocks_of_the_readme_run_but_those_that_say_why() -> None:
    left = [each for each in trial.blocks(PAGE) if each.why]
    assert len(left) == NOT_RUN
    assert PAGE.count("<!-- not run") == NOT_RUN
    assert PAGE.count("```") == 2 * len(trial.blocks(PAGE))


def test_blocks_go_to_one_terminal_in_order(tmp_path: Path) -> None:
    page = block("mkdir here && cd here\nword=told") + block('echo "$word" > out.txt')
    assert code_of(page, tmp_path) == 0
    assert (tmp_path / "here/out.txt").read_text() == "told\n"


@pytest.mark.parametrize(
    ("language", "text"),
    [("sh", "false\ntrue"), ("sh", "no-such-command"), ("sh", 'echo "$unset"'), ("python", "1/0")],
)
def test_a_command_that_fails_is_noticed(language: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "python").symlink_to(sys.executable)
    path = block(f'PATH="{tmp_path}:$PATH"')
    assert code_of(path + block(text, language) + block("true"), tmp_path) != 0


def test_what_is_marked_is_left_out_with_its_addresses(tmp_path: Path) -> None:
    page = f"<!-- not run: no engine -->\n{block('false http://127.0.0.1:1/')}"
    assert [each.why for each in trial.blocks(page)] == ["no engine"]
    assert code_of(page, tmp_path) == 0


def test_a_block_in_another_language_is_not_passed_over() -> None:
    with pytest.raises(KeyError):
        trial.script(block("x", "ruby"))


@pytest.mark.parametrize(
    ("path", "right"), [("a", True), ("cdn-cgi/image/w=1/a", True), ("lost", False),
                        ("cdn-cgi/image/w=1/text", False)]
)  # fmt: skip
def test_addresses_are_opened_once_there_is_a_server(
    path: str, right: bool, serving: str, free_port: int, tmp_path: Path
) -> None:
    page = f"{serving}Open <http://127.0.0.1:{free_port}/{path}>."
    assert (code_of(page, tmp_path) == 0) is right


def test_a_server_that_ends_at_once_is_noticed(tmp_path: Path) -> None:
    program = tmp_path / "foveate"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    page = block(f'PATH="{tmp_path}:$PATH"\nfoveate serve --port 1')
    assert code_of(page, tmp_path) != 0


def test_a_stranger_has_no_settings_and_no_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOVEATE_STRICT", "1")
    monkeypatch.setenv("VIRTUAL_ENV", "/venv")
    given = trial.surroundings(tmp_path)
    assert given["HOME"] == str(tmp_path)
    assert {"FOVEATE_STRICT", "VIRTUAL_ENV", "XDG_CACHE_HOME", "PYTHONPATH"} & set(given) == set()


def test_a_checkout_has_what_git_knows_and_nothing_that_was_built(tmp_path: Path) -> None:
    trial.checkout(tmp_path)
    assert (tmp_path / "README.md").read_text("utf-8") == PAGE
    assert not (tmp_path / ".git").exists()
    assert not list(tmp_path.rglob("__pycache__"))
