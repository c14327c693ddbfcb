"""Networks and sample pictures: cards, fetching, sessions. The only home of the two engines."""

from foveate.models.buckets import bucket_for
from foveate.models.cards import CARDS, ModelCard, Task
from foveate.models.engines import open_model
from foveate.models.fetch import Status, catalogue, pull, pull_all, verify, where
from foveate.models.sessions import Network, Registry

__all__ = [
    "CARDS",
    "ModelCard",
    "Network",
    "Registry",
    "Status",
    "Task",
    "bucket_for",
    "catalogue",
    "open_model",
    "pull",
    "pull_all",
    "verify",
    "where",
]
