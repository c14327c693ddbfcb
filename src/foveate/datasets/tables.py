"""What the file of datasets holds, in SQL."""

from __future__ import annotations

from typing import Final

from foveate.datasets.dataset import Event
from foveate.jobs.due import Due
from foveate.jobs.events import Events

TABLES: Final = """
CREATE TABLE IF NOT EXISTS datasets (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, digest TEXT NOT NULL,
    name TEXT NOT NULL, handler TEXT NOT NULL, version TEXT NOT NULL, pin TEXT NOT NULL,
    config TEXT NOT NULL, raw TEXT NOT NULL, state TEXT NOT NULL, created REAL NOT NULL,
    started REAL, finished REAL, used REAL NOT NULL, downloads INTEGER NOT NULL DEFAULT 0,
    pinned INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,
    samples INTEGER NOT NULL DEFAULT 0, progress TEXT NOT NULL DEFAULT '{}',
    error TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '', log TEXT NOT NULL DEFAULT '',
    heard TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS datasets_by_state ON datasets (state, number);
CREATE INDEX IF NOT EXISTS datasets_by_use ON datasets (used);
CREATE TABLE IF NOT EXISTS events (
    dataset INTEGER, number INTEGER, at REAL NOT NULL, name TEXT NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (dataset, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS webhooks (
    dataset INTEGER, key TEXT NOT NULL, url TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting',
    tries INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '', next_at REAL,
    PRIMARY KEY (dataset, key, url)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS webhooks_by_time ON webhooks (state, next_at);
"""
LATER: Final = (("datasets", "heard"),)
"""Columns of text that books from before have not: they are empty there."""
EVENTS: Final = Events("dataset", Event)
WEBHOOKS: Final = Due("dataset", "key", "url")
COLUMNS: Final = (
    "SELECT number, id, digest, name, handler, version, pin, config, raw, state, created, started, "
    "finished, used, downloads, pinned, bytes, samples, progress, error, message, log, heard "
    "FROM datasets"
)
