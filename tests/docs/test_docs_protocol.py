"""The messages that are committed are those of the .proto."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


def test_the_code_made_of_the_proto_is_not_stale() -> None:
    pytest.importorskip("grpc_tools", reason="grpcio-tools is not here: make test")
    command = [sys.executable, str(DOCS / "protocol.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
