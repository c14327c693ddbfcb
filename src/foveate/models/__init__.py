"""Networks and sample pictures: cards, fetching, sessions. The only home of onnxruntime."""

from foveate.models.cards import CARDS, ModelCard, Task
from foveate.models.fetch import Status, catalogue, pull, pull_all, verify, where
from foveate.models.sessions import Once, Registry, open_model, open_session

__all__ = [
    "CARDS",
    "ModelCard",
    "Once",
    "Registry",
    "Status",
    "Task",
    "catalogue",
    "open_model",
    "open_session",
    "pull",
    "pull_all",
    "verify",
    "where",
]
