"""What the package shows to the outside."""

from __future__ import annotations

import subprocess
import sys

import pytest

import foveate


def test_importing_the_package_is_cheap() -> None:
    heavy = {
        "fastapi", "httpcore", "lancedb", "msgspec", "numpy", "obstore", "onnxruntime", "pi_heif",
        "prometheus_client", "pyarrow", "pyvips", "rich", "starlette", "typer", "uvicorn",
    }  # fmt: skip
    code = "import sys, foveate; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert heavy.isdisjoint(done.stdout.split())


@pytest.mark.parametrize("name", foveate.__all__)
def test_every_public_name_resolves(name: str) -> None:
    assert getattr(foveate, name).__name__ == name
    assert name in dir(foveate)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_here"):
        foveate.nothing_here  # noqa: B018
