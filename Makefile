# Everything a clone needs, with nothing but Python 3.11 and make: each target makes .venv and installs what it lacks.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test quick format bench campaign browser differential go docs clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

demo: $(VENV)/.demo  ## real requests of a city through the whole closed loop
	@$(BIN)/govflow demo

test: $(VENV)/.dev  ## everything the project is held to: format, lint, types, tests, docs, coverage
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow" --cov

quick: $(VENV)/.dev  ## the inner loop: stop at the first failure, no coverage
	$(BIN)/python -m pytest -x -q -m "not slow"

format: $(VENV)/.dev  ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.dev  ## write the generated reference pages again
	$(BIN)/python -m tools.reference --write

bench: $(VENV)/.dev  ## one line of JSON per figure, each with its raw baseline
	$(BIN)/python -m benchmarks

campaign: $(VENV)/.dev  ## the long runs alone: killed writers, random walks, every attack on a log
	$(BIN)/python -m pytest -n auto -m slow

differential: $(VENV)/.dev  ## old logs replayed by the last release and by this tree; REF=<tag or commit> for another
	$(BIN)/python -m tools.differential $(REF)

go: $(VENV)/.dev  ## our signatures and proofs checked by Go's own libraries (golang-go, golang-golang-x-mod-dev)
	$(BIN)/python -m pytest -m slow tests/checkpoints/test_go_verifier.py

browser: $(VENV)/.browser  ## reports in the system's Chromium; pictures of them in .venv/screenshots
	SCREENSHOTS=$(VENV)/screenshots $(BIN)/python -m pytest -m slow tests/browser

clean:  ## remove .venv and what the tools left behind
	rm -rf $(VENV) .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache dist

# pip is the last thing a new environment gets: where it is missing, making the environment was cut short.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("govflow needs Python 3.11 or later: make PYTHON=/path/to/python3.11 …")'
	$(PYTHON) -m venv $(VENV)

# The stamps: installing again is due only when pyproject.toml has changed.
$(VENV)/.demo: pyproject.toml | $(BIN)/pip
	@echo "installing govflow into $(VENV) …"
	@$(PIP) --editable '.[cli]'
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/pip
	@echo "installing govflow and its development tools into $(VENV) …"
	@$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.demo

$(VENV)/.browser: pyproject.toml | $(VENV)/.dev
	@echo "installing what drives a browser into $(VENV) …"
	@$(PIP) --editable '.[dev,browser]'
	@touch $@
