"""The process of `foveate cluster up`."""

from __future__ import annotations

from foveate.cluster.local import keep

if __name__ == "__main__":
    keep()
