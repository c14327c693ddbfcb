"""The files that put Foveate into a container, or under systemd."""

from __future__ import annotations

import http.server
import json
import os
import platform
import re
import socket
import subprocess
import sys
import threading
import tomllib
from fnmatch import fnmatch
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from foveate.app import ledger_folder, people_place
from foveate.configuration.folder import data_folder, state_folder
from foveate.configuration.table import table_of
from foveate.datasets.handlers.installed import handlers_folder
from foveate.datasets.places import files_place
from foveate.datasets.raw.registry import books_folder
from foveate.jobs.folders import queue_folder, results_place
from foveate.settings import Settings, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
CHECK = ROOT / "deploy/healthcheck.py"
UNIT = (ROOT / "deploy/foveate.service").read_text("utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
STATE = "/var/lib/foveate"
WORD = re.compile(r"^([A-Z]+) (.*)$", re.DOTALL)


def instructions() -> list[tuple[str, str]]:
    """Return the words of the Dockerfile and what follows each, without comments."""
    lines = [line for line in DOCKERFILE.splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    found = [WORD.match(line) for line in joined.splitlines() if line]
    assert all(found)
    return [(each[1], each[2]) for each in found if each]


def said(word: str) -> list[str]:
    return [rest for name, rest in instructions() if name == word]


def environment() -> dict[str, str]:
    (words,) = [rest for rest in said("ENV") if "FOVEATE" in rest]
    return dict(re.findall(r"(\w+)=(\S+)", words))


def unit_environment() -> dict[str, str]:
    found = re.findall(r"^Environment=(\w+)=(\S+)$", UNIT, re.MULTILINE)
    return {name: value.replace("%S", "/var/lib") for name, value in found}


@pytest.mark.parametrize("read", [environment, unit_environment])
def test_what_cannot_be_made_anew_lies_on_what_stays(
    read: Callable[[], dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in read().items():
        monkeypatch.setenv(name, value)
    named = {name: value for name, value in read().items() if name.endswith(("FOLDER", "BOOKS"))}
    settings = load(named)
    places = {
        "queue": queue_folder(settings),
        "results": Path(results_place(settings)),
        "people": Path(people_place(settings)),
        "ledger": ledger_folder(settings),
        "datasets": Path(files_place(settings)),
        "registrations of raw data": books_folder(settings),
        "handlers": handlers_folder(settings),
        "manifests of results in a bucket": state_folder("batches"),
        "keys of people in a bucket": data_folder("people.folder") / "people",
    }
    assert {name for name, place in places.items() if not place.is_relative_to(STATE)} == set()
    shared = ("manifests of results in a bucket", "keys of people in a bucket")
    own = [place for name, place in places.items() if name not in shared]
    assert len({place.relative_to(STATE).parts[0] for place in own}) == len(own)
    assert "\nStateDirectory=foveate\n" in UNIT
    assert f"- state:{STATE}\n" in COMPOSE


def seconds(text: str, pattern: str) -> int:
    (found,) = re.findall(pattern, text)
    return int(found)


def test_the_image_runs_as_a_user_without_a_name_or_rights() -> None:
    (user,) = said("USER")
    uid, gid = map(int, user.split(":"))  # Kubernetes can tell numbers alone from root
    assert min(uid, gid) >= 10_000
    folders = f"{environment()['FOVEATE_CACHING__FOLDER']} {STATE}"
    assert f"--owner={uid} --group={gid} {folders}" in DOCKERFILE
    assert said("VOLUME") == [folders]


def test_what_the_image_copies_is_there_and_let_through() -> None:
    let = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"]
    for rest in said("COPY"):
        if not rest.startswith("--from="):
            for name in rest.split()[:-1]:
                assert (ROOT / name).exists()
                whole = (name, *map(str, Path(name).parents))
                assert any(fnmatch(each, pattern) for each in whole for pattern in let), name


def test_the_image_installs_what_is_pinned_and_leaves_no_lists_behind() -> None:
    installs = [rest for rest in said("RUN") if re.search(r"\bpip\b.* install ", rest)]
    assert len(installs) == 4
    own = [rest for rest in installs if "--require-hashes" not in rest]
    assert [rest.split(" install ")[1] for rest in own] == ["--no-deps --no-build-isolation ."]
    assert all("rm -rf /var/lib/apt/lists/*" in rest for rest in said("RUN") if "apt-get" in rest)
    assert not any(":latest" in rest or "sudo" in rest for _, rest in instructions())


def test_the_image_has_pip_where_handlers_are_installed_by_it() -> None:
    (made,) = [rest for rest in said("RUN") if "-m venv" in rest]
    assert made == "python -m venv /opt/foveate"  # which brings pip unless told
    assert not any("uninstall" in rest and re.search(r"\bpip$", rest) for rest in said("RUN"))


def test_the_base_is_a_python_that_we_support() -> None:
    (base,) = re.findall(r"^ARG BASE=python:(3\.\d+)-slim", DOCKERFILE, re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"Programming Language :: Python :: {base}" in project["classifiers"]
    assert said("FROM") == ["${BASE} AS build", "${BASE}"]
    assert f"VERSION={project['version']}" in said("ARG")


def test_what_is_set_for_containers_and_units_are_settings() -> None:
    known = table_of(Settings).rows
    for text in (DOCKERFILE, COMPOSE, UNIT):
        for name in re.findall(r"FOVEATE_([A-Z]+__[A-Z_]+)[=:]", text):
            assert name.lower().replace("__", ".", 1) in known
    assert environment()["FOVEATE_MODELS__OFFLINE"] == "1"
    assert said("EXPOSE") == [str(Settings().server.port)]


def test_running_requests_are_given_their_time_and_memory_is_more_than_they_take() -> None:
    load = Settings().load
    assert seconds(COMPOSE, r"stop_grace_period: (\d+)s") > load.stop_timeout_s
    assert seconds(UNIT, r"TimeoutStopSec=(\d+)") > load.stop_timeout_s
    datasets = Settings().datasets
    server = load.memory_bytes + Settings().jobs.memory_bytes + 2**30
    # What lies in /tmp counts as memory there.
    handler = datasets.handler_memory_bytes + datasets.handler_disk_bytes
    cores = seconds(COMPOSE, r"\n    cpus: (\d+)")
    assert seconds(COMPOSE, r"mem_limit: (\d+)g") * 2**30 >= server + cores * handler
    workers = seconds(UNIT, r"FOVEATE_DATASETS__WORKERS=(\d+)")
    assert seconds(UNIT, r"MemoryMax=(\d+)G") * 2**30 >= server + workers * handler


def test_what_is_in_the_image_is_written_down() -> None:
    environment = {**os.environ, "FOVEATE_MODELS__FOLDER": os.devnull}
    command = [sys.executable, ROOT / "deploy/sbom.py"]
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    bill = json.loads(done.stdout)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["name"] == "foveate"
    found = {each["purl"]: each for each in bill["components"] if "purl" in each}
    assert f"pkg:pypi/pyvips@{version('pyvips')}" in found
    assert found[f"pkg:generic/python@{platform.python_version()}"]["type"] == "platform"
    # Which the one says in words, and the other by a classifier alone.
    for name, licence in {"pyvips": "MIT", "mdurl": "MIT License"}.items():
        named = found[f"pkg:pypi/{name}@{version(name)}"]["licenses"]
        assert named == [{"license": {"name": licence}}]
    assert len({each["bom-ref"] for each in bill["components"]}) == len(bill["components"])


def test_the_graphics_card_gets_the_engine_that_the_processor_has() -> None:
    pins = {
        name: re.findall(rf"^{name}==(\S+)", (ROOT / "requirements" / file).read_text(), re.M)
        for name, file in {"onnxruntime": "runtime.txt", "onnxruntime-gpu": "cuda.txt"}.items()
    }
    assert pins["onnxruntime"] == pins["onnxruntime-gpu"] != []


def test_decoders_may_shut_themselves_in_under_systemd() -> None:
    allowed = " ".join(re.findall(r"^SystemCallFilter=(.*)$", UNIT, re.MULTILINE)).split()
    ours = {"seccomp", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"}
    assert ours < set(allowed)
    assert not any(word.startswith("~") for word in allowed)


class Answering(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(self.server.status if self.path == "/health/ready" else 404)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[http.server.HTTPServer]:
    with http.server.HTTPServer(("127.0.0.1", 0), Answering) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


def health(port: int) -> int:
    # A proxy of the environment is for the world outside.
    names = {"FOVEATE_SERVER__PORT": str(port), "http_proxy": "http://127.0.0.1:9"}
    return subprocess.run([sys.executable, CHECK], env=names, check=False).returncode


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_health_is_what_the_server_says(
    status: int, code: int, server: http.server.HTTPServer
) -> None:
    server.status = status  # type: ignore[attr-defined]
    assert health(server.server_port) == code


@pytest.mark.parametrize("said", ["[server]\nport = {}\n", "server.port = {}\n"])
def test_the_port_of_a_file_of_settings_is_asked(
    said: str, server: http.server.HTTPServer, tmp_path: Path
) -> None:
    server.status = 200  # type: ignore[attr-defined]
    file = tmp_path / "foveate.toml"
    file.write_text(said.format(server.server_port))
    names = {"FOVEATE_CONFIG": str(file)}
    assert subprocess.run([sys.executable, CHECK], env=names, check=False).returncode == 0
    # A variable goes before the file, as it does for the server.
    other = {**names, "FOVEATE_SERVER__PORT": "1"}
    assert subprocess.run([sys.executable, CHECK], env=other, check=False).returncode == 1


def test_nobody_there_is_not_healthy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and listens to nobody
        assert health(taken.getsockname()[1]) == 1
