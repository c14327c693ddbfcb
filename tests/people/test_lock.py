"""The lock of whoever writes, where processes come and go."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from foveate.people.lock import folder_lock

if TYPE_CHECKING:
    from pathlib import Path


def test_a_child_that_was_forked_meanwhile_does_not_keep_it(tmp_path: Path) -> None:
    lock = folder_lock(tmp_path, 0.05)
    ends, ended = os.pipe()
    with lock():
        child = os.fork()
        if child == 0:
            os.close(ended)
            os.read(ends, 1)  # until the parent goes on
            os._exit(0)
    try:
        with lock():
            pass
    finally:
        os.close(ended)
        os.waitpid(child, 0)
        os.close(ends)
