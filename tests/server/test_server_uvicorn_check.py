from __future__ import annotations

import dis
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from types import FunctionType

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from foveate.server.bounds import BoundedProtocol
from foveate.server.hits import HitsProtocol
from foveate.server.uvicorn_check import NEEDED, WORKS, check, names_of

ROOT = Path(__file__).parents[2]
CHECK = "from foveate.server.uvicorn_check import check; check()"
SERVE = "from foveate.cli.main import main; main()"
ARGUMENTS = ("serve", "--port", "0", "--origin", ".")


def run(code: str, *arguments: str, first: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run Python that finds packages in `first` before those that are installed."""
    path = os.pathsep.join(filter(None, (str(first or ""), *sys.path)))
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def another_uvicorn(tmp_path: Path) -> Path:
    """A folder with a uvicorn of our own to change, of version 7."""
    spec = find_spec("uvicorn")
    assert spec is not None
    assert spec.origin is not None
    copy = tmp_path / "uvicorn"
    shutil.copytree(Path(spec.origin).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    rename(copy / "__init__.py", re.escape(f'"{uvicorn.__version__}"'), '"7"')
    return tmp_path


def rename(file: Path, old: str, new: str) -> None:
    text, times = re.subn(old, new, file.read_text())
    assert times
    file.write_text(text)


def test_all_is_there_in_the_uvicorn_that_is_installed() -> None:
    check()


def test_the_version_that_is_known_to_work_is_the_one_that_is_pinned() -> None:
    assert f"uvicorn=={WORKS} " in (ROOT / "requirements" / "runtime.txt").read_text()


@pytest.mark.parametrize("kind", [HttpToolsProtocol, RequestResponseCycle])
def test_whatever_our_protocols_use_or_override_is_looked_up(kind: type) -> None:
    ours = {**vars(BoundedProtocol), **vars(HitsProtocol)}
    methods = [
        own
        for part in (BoundedProtocol, HitsProtocol)
        for own in vars(part).values()
        if isinstance(own, FunctionType)
    ]
    steps = chain(*map(dis.get_instructions, methods))
    used = {step.argval for step in steps if step.opname in {"LOAD_ATTR", "LOAD_METHOD"}}
    theirs = {name for name in names_of(kind) & {*used, *ours} if not name.startswith("__")}
    # The body that is used is that of a hit.
    assert theirs - {"body"} <= set(chain(*NEEDED.values()))


def test_without_httptools_nothing_is_served() -> None:
    done = run(f"import sys; sys.modules['httptools'] = None; {SERVE}", *ARGUMENTS)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("foveate: httptools cannot be imported (")
    assert done.stderr.endswith("Install it: pip install httptools\n")


def test_with_a_uvicorn_that_lost_a_method_nothing_is_served(another_uvicorn: Path) -> None:
    implementation = another_uvicorn / "uvicorn" / "protocols" / "http" / "httptools_impl.py"
    rename(implementation, "_start_asgi_task", "_begin_asgi_task")
    done = run(SERVE, *ARGUMENTS, first=another_uvicorn)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "foveate: uvicorn 7 has no uvicorn.protocols.http.httptools_impl.HttpToolsProtocol."
        "_start_asgi_task, and the bounds of connections need it. "
        f"uvicorn {WORKS} is known to work: pip install uvicorn=={WORKS}\n"
    )


@pytest.mark.parametrize(
    ("module", "name", "missing"),
    [
        ("protocols.http.httptools_impl", "STATUS_LINE", "STATUS_LINE"),
        (
            "protocols.http.httptools_impl",
            "HttpToolsProtocol",
            "HttpToolsProtocol._start_asgi_task",
        ),
        ("protocols.http.httptools_impl", "url", "HttpToolsProtocol.url"),
        ("protocols.http.httptools_impl", "disconnected", "RequestResponseCycle.disconnected"),
        ("protocols.http.flow_control", "HIGH_WATER_LIMIT", "HIGH_WATER_LIMIT"),
        ("server", "default_headers", "ServerState.default_headers"),
    ],
)
def test_what_is_missing_is_named(
    another_uvicorn: Path, module: str, name: str, missing: str
) -> None:
    file = (another_uvicorn / "uvicorn").joinpath(*module.split(".")).with_suffix(".py")
    rename(file, rf"\b{name}\b", "moved")
    done = run(CHECK, first=another_uvicorn)
    assert f"BadInstallation: uvicorn 7 has no uvicorn.{module}.{missing}, and" in done.stderr


def test_of_a_module_that_is_gone_nothing_is_there(another_uvicorn: Path) -> None:
    (another_uvicorn / "uvicorn" / "protocols" / "http" / "flow_control.py").unlink()
    done = run(CHECK, first=another_uvicorn)
    assert "uvicorn 7 has no uvicorn.protocols.http.flow_control." in done.stderr
