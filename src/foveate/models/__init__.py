"""Networks, fonts and sample pictures. The only home of the two engines.

`supply` says what there is and brings it here, `runtime` runs it, `check` compares the engines.
Each knows what stands before it and nothing behind: what a check found lies in `runtime`, which
reads it to choose an engine, and `check` only writes it down there.
"""

from foveate.models.runtime.buckets import bucket_for
from foveate.models.runtime.engines import open_model
from foveate.models.runtime.lazy_session import LazySession
from foveate.models.runtime.sessions import Registry
from foveate.models.supply.cards import CARDS, ModelCard, Task
from foveate.models.supply.fetch import pull, pull_all
from foveate.models.supply.weights import FileState, catalogue, verify, where

__all__ = [
    "CARDS",
    "FileState",
    "LazySession",
    "ModelCard",
    "Registry",
    "Task",
    "bucket_for",
    "catalogue",
    "open_model",
    "pull",
    "pull_all",
    "verify",
    "where",
]
