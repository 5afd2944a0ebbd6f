# Curatore's commands. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
PYTEST := $(BIN)/python -m pytest
FUZZ_COUNT ?= 500
FUZZ_SEED ?= 1
FUZZ_WORKERS ?= 2
FUZZ_OUT ?= fuzz-findings
FUZZ_MORE ?=

RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed

.PHONY: help install install-dev run test test-postgres test-cluster test-growth test-browser test-contract screenshots faults fuzz lint format check bench samples lock clean

help:  ## List these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Curatore needs Python 3.11 or newer: set PYTHON=python3.11, for example.")'
	@echo "Making $(VENV), a folder with a Python of its own."
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.txt constraints.txt | $(BIN)/python
	@echo "Installing what Curatore needs into $(VENV); that takes about a minute the first time."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	@touch $@

$(DEV): requirements.txt requirements-dev.txt constraints.txt | $(BIN)/python
	@echo "Installing what Curatore, its tests and linters need into $(VENV)."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	@touch $(RUNTIME) $@

install: $(RUNTIME)  ## Install what running needs into .venv

install-dev: $(DEV)  ## Install what tests and linters need as well

run: $(RUNTIME)  ## Install, migrate, create the first admin; serve web and worker on PORT (8000)
	@$(BIN)/python -m curatore.core.dotenv
	@exec $(BIN)/python manage.py serve --port $(PORT)

test: $(DEV)  ## Run the tests on SQLite; needs no server
	TEST_DATABASE_URL= $(PYTEST) -n auto

# Conversion knows no database.
test-postgres: $(DEV)  ## Run them on PostgreSQL: TEST_DATABASE_URL=postgres://...
	@test -n "$$TEST_DATABASE_URL" || { echo "Set TEST_DATABASE_URL to a PostgreSQL server, such as postgres://localhost/postgres."; exit 2; }
	$(PYTEST) -n auto --ignore=tests/conversion

test-cluster: $(DEV)  ## Run the tests that start real worker processes; TESTS chooses files
	$(PYTEST) -m cluster -n 2 --dist loadfile $(TESTS)

faults: $(DEV)  ## Kill, stop and fill things on purpose; FAULT_SCALE=1 is the short form
	FAULT_SCALE=$${FAULT_SCALE:-5} $(PYTEST) -m faults -n 3 $(TESTS)

fuzz: $(DEV)  ## Convert damaged files: FUZZ_COUNT (500), FUZZ_SEED, FUZZ_WORKERS, FUZZ_MORE (a folder)
	$(BIN)/python -m tests.fuzz --count $(FUZZ_COUNT) --seed $(FUZZ_SEED) --workers $(FUZZ_WORKERS) --out $(FUZZ_OUT) $(if $(FUZZ_MORE),--more $(FUZZ_MORE))

test-growth: $(DEV)  ## Compare time and memory at several sizes of input
	TEST_DATABASE_URL= $(PYTEST) -m growth -n auto

test-browser: $(DEV)  ## Run the tests that drive a real Chromium
	$(PYTEST) -m browser -n 2 --dist loadfile

test-contract: $(DEV)  ## Ask a real server for everything that its OpenAPI schema promises
	$(PYTEST) -m contract

screenshots: $(DEV)  ## Take the pictures of README and docs anew
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python -m tests.browser.screenshots

lint: $(DEV)  ## Check style, types, templates and migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy curatore jobs documents orgsettings
	$(BIN)/djlint --check --lint --quiet templates
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check --fail-level WARNING

format: $(DEV)  ## Rewrite code and templates in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --reformat --quiet templates

check: lint test  ## Everything that needs no server

bench: $(DEV)  ## Measure; BENCH_DATABASE_URL adds an empty PostgreSQL database
	$(BIN)/python -m benchmarks.queue $(BENCH_DATABASE_URL)
	$(BIN)/python -m benchmarks.end_to_end
	$(BIN)/python -m benchmarks.streaming $(BENCH_DATABASE_URL)
	$(BIN)/python -m benchmarks.job_list
	$(BIN)/python -m benchmarks.growth
	$(BIN)/python -m benchmarks.web_servers

samples: $(DEV)  ## Make the sample documents again
	$(BIN)/python -m documents.samples.make_samples

lock: $(DEV)  ## Pin the exact versions of everything installed
	$(BIN)/python -m pip freeze --exclude-editable | grep -v '^-e' > constraints.txt

clean:  ## Remove what the commands above made, but never data/
	rm -rf $(VENV) staticfiles .mypy_cache .ruff_cache .pytest_cache test-results
