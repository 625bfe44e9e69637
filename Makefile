# `make demo` and `make test` need only python >= 3.11 and make. What they install is pinned in .ci/constraints.txt.

SHELL := /bin/sh
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_CONSTRAINT=.ci/constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check
COMPILE := env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q -j 2
SOURCES := $(shell find tui widgets -name '*.py' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help demo test test-install cluster test-cluster check format screenshots clean

help:
	@echo "make demo         open arcdeck on a simulated cloud (a status report without a terminal)"
	@echo "make test         run the tests"
	@echo "make test-cluster contract and faults on a real control plane; builds it first, which needs go and a quarter of an hour"
	@echo "make check        format, lint, types, layers"
	@echo "make format       put the code into its format"
	@echo "make screenshots  make screenshots/ anew from the demo"
	@echo "make clean        remove what was made"

$(VENV)/made:
	@test -n "$(PYTHON)" || { echo "arcdeck needs python 3.11 or newer; none was found. PYTHON=/path/to/python make demo"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/runtime: $(VENV)/made pyproject.toml .ci/constraints.txt
	@echo "installing arcdeck into $(VENV) …"
	@$(PIP) --editable .
	@-$(COMPILE) $(VENV)/lib >/dev/null 2>&1
	@touch $@

$(VENV)/development: $(VENV)/runtime
	@echo "installing the development tools into $(VENV) …"
	@$(PIP) --editable '.[dev]'
	@-$(COMPILE) $(VENV)/lib >/dev/null 2>&1
	@touch $@

$(VENV)/compiled: $(VENV)/runtime $(SOURCES)
	@$(COMPILE) tui widgets
	@touch $@

demo: $(VENV)/compiled
	@$(BIN)/arcdeck demo

test: $(VENV)/development $(VENV)/compiled
	@$(BIN)/python -m pytest -n 3 --dist loadgroup -m "not budget and not cluster and not install"
	@$(BIN)/python -m pytest -m budget

test-install: $(VENV)/development
	@$(BIN)/python -m pytest -m install

cluster: $(VENV)/development
	@$(BIN)/python -m tests.cluster.build

test-cluster: cluster
	@$(BIN)/python -m pytest tests/contract -m cluster
	@$(BIN)/python -m pytest tests/faults -m cluster

check: $(VENV)/development
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/development
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

screenshots: $(VENV)/development $(VENV)/compiled
	@$(BIN)/python screenshots/make.py

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find tui widgets tests -name __pycache__ -type d -prune -exec rm -rf {} +
