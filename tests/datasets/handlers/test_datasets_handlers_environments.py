"""Versions of a handler, built as wheels and installed side by side."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from handler_stand import InMemory, a_sample, prepared
from hatchling.builders.wheel import WheelBuilder

from foveate import locks
from foveate.datasets.handlers.environments import Environments
from foveate.datasets.handlers.installed import handlers_of
from foveate.datasets.handlers.limits import Limits
from foveate.datasets.handlers.sources import order_of
from foveate.datasets.owned import YOUNG_S
from foveate.errors import BadConfiguration, BadInstallation, HandlerFailed, UnknownHandler
from foveate.imaging import Image
from foveate.settings import Datasets, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is contained")

PROJECT = """
[project]
name = "shout"
version = "{version}"
dependencies = [{needs}]
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project.entry-points."foveate.handlers"]
shout = "shout:handler"
[tool.hatch.build.targets.wheel]
include = ["shout.py"]
"""
CODE = """
class handler:
    SCHEMA = {{"type": "object", "properties": {{"mark": {{"type": "string", "default": "!"}}}}}}

    @staticmethod
    def prepare(sample, pictures, config, seed):
        data = pictures[sample["source"]] + config["mark"].encode() * {version}
        yield {{"ext": "png", "size": [1, 1], "data": data}}
"""
"""Louder with every version."""
PIXEL: bytes = Image.black(1, 1).cast("uchar").pngsave_buffer()


FACTS = {
    "name": "good",
    "version": "1.0",
    "pin": "ab",
    "source": "index",
    "packages": ["good==1.0"],
    "schema": {},
}
BACKEND = """
import zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "shout-3.0-py3-none-any.whl"
    info = "shout-3.0.dist-info/"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.write("shout.py")
        about = "Metadata-Version: 2.1\\nName: shout\\nVersion: 3.0\\nMORE"
        wheel.writestr(info + "METADATA", about)
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr(info + "entry_points.txt", "[foveate.handlers]\\nshout = shout:handler\\n")
        wheel.writestr(info + "RECORD", "")
    return name
"""
"""Builds a wheel with nothing but Python: no index is asked for what builds."""


def built(folder: Path, version: int, wheels: Path, needs: str = "") -> Path:
    """Build the wheel of a version."""
    project = folder / f"project-{version}"
    project.mkdir()
    (project / "pyproject.toml").write_text(PROJECT.format(version=f"{version}.0", needs=needs))
    (project / "shout.py").write_text(CODE.format(version=version))
    return Path(next(WheelBuilder(str(project)).build(directory=str(wheels))))


def committed(repository: Path, more: str = "") -> tuple[str, str]:
    """Commit a version of the handler; return the source, and which commit that is."""
    repository.mkdir()
    (repository / "shout.py").write_text(CODE.format(version=3))
    (repository / "backend.py").write_text(BACKEND.replace("MORE", more))
    system = "requires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n"
    (repository / "pyproject.toml").write_text(f"[build-system]\n{system}")

    def git(*words: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        command = ["git", *who, "-C", str(repository), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "Shout")
    return f"git:file://{repository}", git("rev-parse", "HEAD").strip()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("installed")


@pytest.fixture(scope="module")
def installed(folder: Path) -> Environments:
    wheels = folder / "wheels"
    for version in (1, 2):
        built(folder, version, wheels)
    environments = Environments(folder / "handlers", [f"wheels:{wheels}"], Limits())
    for version in ("1.0", "2.0"):
        environments.install("shout", version, f"wheels:{wheels}")
    return environments


def test_two_versions_of_a_handler_work_at_once(installed: Environments) -> None:
    first, second = installed.all()
    with (
        first.start({"mark": "!"}, InMemory({})) as old,
        second.start({"mark": "?"}, InMemory({})) as new,
    ):
        made = [prepared(handler, a_sample(), PIXEL, 0)[0].data for handler in (old, new, old)]
    assert made == [PIXEL + b"!", PIXEL + b"??", PIXEL + b"!"]
    assert [each.version for each in (first, second)] == ["1.0", "2.0"]
    assert first.pin != second.pin
    assert first.schema["properties"]["mark"]["default"] == "!"


def test_an_environment_has_nothing_but_its_handler(installed: Environments) -> None:
    first = installed.all()[0]
    code = "import importlib.metadata as m; print(*(d.name for d in m.distributions()))"
    python = str(first.folder / "bin/python")
    said = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["shout"]
    assert first.packages == ["shout==1.0"]


def test_what_is_installed_stays_as_it_is(installed: Environments, folder: Path) -> None:
    before = installed.all()
    wheel = folder / "wheels" / "shout-1.0-py2.py3-none-any.whl"
    kept = wheel.read_bytes()
    wheel.write_bytes(b"another")
    with pytest.raises(BadConfiguration, match=r"shout 1\.0 as it is installed, got other code at"):
        installed.install("shout", "1.0", installed.allowed[0])
    wheel.unlink()
    for _ in range(2):  # where nothing is there to differ, and where the same is
        assert installed.install("shout", "1.0", installed.allowed[0]) == before[0]
        wheel.write_bytes(kept)
    assert installed.all() == before


@pytest.mark.parametrize(
    ("name", "version", "source", "reason"),
    [
        ("shout", "1.0", "wheels:/elsewhere", "that is allowed here"),
        ("shout", "1.0", "index", "that is allowed here"),
        ("shout", "1.0", "git:https://example.com/shout.git", "that is allowed here"),
        ("shout", "1.0", "git:https://example.com/a.git", "a whole commit"),
        ("shout", "1.0", "git:https://example.com/a.git@main", "that is allowed here"),
        ("shout", "1.0", "/etc", "Expected index, index:URL"),
        ("-r/etc/passwd", "1.0", "index", "the name of a package"),
        ("../shout", "1.0", "index", "the name of a package"),
        ("shout", "1.0 --index-url=http://example.com", "index", "a version"),
        ("shout", "../../1", "index", "a version"),
        ("foveate", "9.0", "wheels:/srv", "another name than foveate, which comes along"),
    ],
)
def test_only_what_was_allowed_is_installed(
    tmp_path: Path, name: str, version: str, source: str, reason: str
) -> None:
    allowed = ["wheels:/srv", "git:https://example.com/a.git"]
    environments = Environments(tmp_path / "handlers", allowed, Limits())
    with pytest.raises(BadConfiguration, match=reason):
        environments.install(name, version, source)
    assert not (tmp_path / "handlers").exists()


@pytest.mark.parametrize(
    "facts",
    ["{}", '{"na', "[]", "[" * 100_000, '{"schema": []}', json.dumps({**FACTS, "name": "foveate"})],
)
def test_an_environment_that_is_broken_breaks_no_other_one(tmp_path: Path, facts: str) -> None:
    for name, text in {"good-1.0": json.dumps({**FACTS, "newer": 1}), "bad-1.0": facts}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "handler.json").write_text(text)
    settings = Settings(datasets=Datasets(handlers_folder=str(tmp_path)))
    handlers = handlers_of(settings)
    assert [each.name for each in handlers.all()] == ["foveate", "good"]
    assert list(handlers.broken()) == ["bad-1.0"]
    with pytest.raises(UnknownHandler, match=r"bad-1\.0/handler\.json as it was written"):
        handlers.of("bad", "1.0")
    environments = Environments(tmp_path, [f"wheels:{tmp_path}"], Limits())
    with pytest.raises(BadInstallation, match="remove this version, and install it again"):
        environments.install("bad", "1.0", f"wheels:{tmp_path}")
    environments.remove("bad", "1.0")
    assert not handlers.broken()


def test_versions_are_sorted_by_their_numbers() -> None:
    said = "1.0.dev1 1.0a9.dev1 1.0a9 1.0a10 1.0b1 1.0rc2 1.0 1.0+local 1.0.post9 1.0.post10 1.1"
    versions = said.split()
    assert sorted(sorted(versions), key=order_of) == versions


def test_a_version_that_is_not_there_leaves_nothing(installed: Environments) -> None:
    with pytest.raises(HandlerFailed, match=r"shout==3\.0"):
        installed.install("shout", "3.0", installed.allowed[0])
    assert len(installed.all()) == 2
    assert not list(installed.folder.glob(".*"))


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_a_commit_of_a_repository_is_built_and_installed(tmp_path: Path) -> None:
    source, commit = committed(tmp_path / "repository")
    environments = Environments(tmp_path / "handlers", [source], Limits())
    shout = environments.install("shout", "3.0", f"{source}@{commit}")
    with shout.start({"mark": "?"}, InMemory({})) as handler:
        assert prepared(handler, a_sample(), PIXEL, 0)[0].data == PIXEL + b"???"
    assert shout.source == f"{source}@{commit}"


def test_what_somebody_left_who_was_ended_is_swept(tmp_path: Path) -> None:
    left = [tmp_path / f".making-{name}" for name in ("first", "second", "his")]
    minutes_ago = time.time() - 2 * YOUNG_S
    for each in left:
        each.mkdir()
        os.utime(each, (minutes_ago, minutes_ago))
    has = os.open(left[2], os.O_RDONLY)
    locks.take(has)
    environments = Environments(tmp_path, [f"wheels:{tmp_path}"], Limits())
    assert environments.all() == []
    with pytest.raises(HandlerFailed):
        environments.install("shout", "1.0", f"wheels:{tmp_path}")
    assert list(tmp_path.iterdir()) == left[2:], "which somebody still makes"
    os.close(has)


def test_a_version_is_removed_alone(installed: Environments) -> None:
    installed.remove("shout", "2.0")
    assert [each.version for each in installed.all()] == ["1.0"]
    with pytest.raises(UnknownHandler, match=r"shout 2\.0"):
        installed.remove("shout", "2.0")


def packed(wheels: Path, files: dict[str, str], more: str = "", name: str = "sly") -> None:
    """Write the wheel of a handler with these files beside its module."""
    wheels.mkdir(parents=True, exist_ok=True)
    info = f"{name}-1.0.dist-info/"
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{more}"
    entry = f"[foveate.handlers]\n{name} = {name}\n"
    rows = {f"{info}METADATA": about, f"{info}entry_points.txt": entry, f"{info}RECORD": ""}
    rows |= {f"{info}WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    with zipfile.ZipFile(wheels / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        for each, text in ({f"{name}.py": "SCHEMA = {}\n"} | files | rows).items():
            wheel.writestr(each, text)


def tracing(project: Path, trace: Path) -> Path:
    """Write a project that leaves a trace where it is built."""
    project.mkdir()
    backend = "[build-system]\nrequires = []\nbuild-backend = 'b'\nbackend-path = ['.']\n"
    (project / "pyproject.toml").write_text(backend)
    (project / "b.py").write_text(f"open({str(trace)!r}, 'a').write('here')\n")
    return project


def test_nothing_of_a_package_runs_before_it_is_confined(tmp_path: Path) -> None:
    wheels, trace = tmp_path / "wheels", tmp_path / "trace"
    write = f"open({str(trace)!r}, 'a').write('here')"
    packed(wheels, {"sly.pth": f"import sys; {write}\n", "sitecustomize.py": f"{write}\n"})
    environments = Environments(tmp_path / "handlers", [f"wheels:{wheels}"], Limits())
    made = environments.install("sly", "1.0", f"wheels:{wheels}")
    made.start({}, InMemory({})).close()
    assert not trace.exists()


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("", "to need packages by name, got other @ file:"),
        ("Keywords: x\n" * 100_000, "at most 1048576 bytes of METADATA in sly-1.0-py3-none-any"),
    ],
)
def test_what_a_package_needs_has_a_name_and_no_address(
    tmp_path: Path, before: str, reason: str
) -> None:
    wheels, trace = tmp_path / "wheels", tmp_path / "trace"
    project = tracing(tmp_path / "other", trace)
    packed(wheels, {}, f"{before}Requires-Dist: other @ {project.as_uri()}\n")
    environments = Environments(tmp_path / "handlers", [f"wheels:{wheels}"], Limits())
    with pytest.raises(HandlerFailed, match=reason):
        environments.install("sly", "1.0", f"wheels:{wheels}")
    assert not trace.exists()
    assert environments.all() == []


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """Serve the wheels of a folder as an index of packages does."""
    shown = tmp_path / "index"

    class Shown(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Shown, directory=str(shown))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("built", [True, False])
def test_what_is_needed_by_what_a_package_of_an_index_needs_has_no_address(
    tmp_path: Path, index: str, built: bool
) -> None:
    trace = tmp_path / "trace"
    packed(tmp_path / "elsewhere", {}, name="other")
    wheel = tmp_path / "elsewhere" / "other-1.0-py3-none-any.whl"
    other = tracing(tmp_path / "other", trace) if built else wheel
    needs = {"sly": "between", "between": f"other @ {other.as_uri()}"}
    for name, need in needs.items():
        packed(tmp_path / "index" / name, {}, f"Requires-Dist: {need}\n", name)
    environments = Environments(tmp_path / "handlers", [f"index:{index}"], Limits())
    with pytest.raises(HandlerFailed, match=r"to need packages by name|wheels alone"):
        environments.install("sly", "1.0", f"index:{index}")
    assert not trace.exists()
    assert environments.all() == []


def test_other_code_of_an_index_is_refused_for_a_version_that_is_here(
    tmp_path: Path, index: str
) -> None:
    packed(tmp_path / "index" / "sly", {}, name="sly")
    environments = Environments(tmp_path / "handlers", [f"index:{index}"], Limits())
    made = environments.install("sly", "1.0", f"index:{index}")
    assert environments.install("sly", "1.0", f"index:{index}") == made
    packed(tmp_path / "index" / "sly", {"more.py": ""}, name="sly")
    with pytest.raises(BadConfiguration, match="remove that version first, or raise its number"):
        environments.install("sly", "1.0", f"index:{index}")
    assert environments.all() == [made]


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
@pytest.mark.parametrize("is_allowed", [True, False])
def test_what_a_repository_needs_comes_from_where_it_may(tmp_path: Path, is_allowed: bool) -> None:
    packed(tmp_path / "wheels", {}, name="needed_by_shout")
    source, commit = committed(tmp_path / "repository", "Requires-Dist: needed-by-shout\\n")
    allowed = [source, *([f"wheels:{tmp_path / 'wheels'}"] if is_allowed else [])]
    environments = Environments(tmp_path / "handlers", allowed, Limits())
    if is_allowed:
        shout = environments.install("shout", "3.0", f"{source}@{commit}")
        assert shout.packages == ["shout==3.0", "needed-by-shout==1.0"]
    else:
        with pytest.raises(HandlerFailed, match="distribution found for needed-by-shout"):
            environments.install("shout", "3.0", f"{source}@{commit}")
