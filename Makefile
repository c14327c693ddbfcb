# `make` is the one door: serve, test, lint, fix, docs, bench. Needs Python 3.11+ and a package index.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate pyproject.toml

.PHONY: help serve test lint fix docs docs-check bench requirements clean

help:  ## Say what there is to do.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

lock:
	$(COMPILE) --group build --output-file requirements/runtime.txt
	$(COMPILE) --group dev --constraint requirements/runtime.txt --output-file requirements/dev.txt
