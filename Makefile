# Everything a developer or an operator starts. Needs git, make and python3 >= 3.11 with venv.
# The virtual environment is made on first use; stamp files in it say what is installed.

PYTHON ?= python3
PORT ?= 8000
DATA_DIR ?= ./data
JOBS ?= auto
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes
EDITABLE = $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
LOCK = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --custom-compile-command "make lock"
PYTEST = $(BIN)/python -m pytest --numprocesses $(JOBS) --maxprocesses 8 --dist worksteal --cov --cov-report= $(ARGS)

export PORT DATA_DIR
export PATH := $(CURDIR)/$(BIN):$(PATH)
.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# --- Setting up ---------------------------------------------------------------------------------
$(VENV)/.build: requirements/build.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/.node: $(VENV)/.build requirements/node.txt
	@command -v npm >/dev/null || $(INSTALL) -r requirements/node.txt
	@touch $@

$(VENV)/.runtime: $(VENV)/.build requirements/runtime.txt pyproject.toml
	@echo "Installing what the program needs ..."
	@$(INSTALL) -r requirements/runtime.txt
	@$(EDITABLE)
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@echo "Installing what developers need ..."
	@$(INSTALL) -r requirements/dev.txt
	@touch $@

.PHONY: made
made: $(VENV)/.build $(VENV)/.node # styles, scripts and catalogues; each quick when up to date
	@$(BIN)/python tools/build_assets.py
	@$(BIN)/python tools/messages.py compile

.PHONY: runtime
runtime: $(VENV)/.runtime made

.PHONY: dev
dev: $(VENV)/.dev made

# --- Running ------------------------------------------------------------------------------------
.PHONY: run
run: runtime ## start the demo on http://localhost:8000 (PORT, DATA_DIR, DATABASE_URL)
	@exec $(BIN)/python tools/run.py

.PHONY: bench
bench: dev ## run the benchmarks
	@$(BIN)/python -m bench $(ARGS)

# --- Testing ------------------------------------------------------------------------------------
.PHONY: test
test: dev ## the test-suite on SQLite; browser journeys where a Chromium is found
	@COVERAGE_FILE=.coverage.sqlite TEST_ENGINE=sqlite $(PYTEST)

.PHONY: fuzz
fuzz: dev ## 100,000 hostile inputs at every address, counted per address (FUZZ_INPUTS)
	@FUZZ_INPUTS=$${FUZZ_INPUTS:-100000} TEST_ENGINE=sqlite $(BIN)/python -m pytest tests/fuzz \
		--numprocesses $(JOBS) --maxprocesses 8 --dist worksteal $(ARGS)

.PHONY: test-postgres
test-postgres: dev ## the test-suite on a PostgreSQL started for it
	@COVERAGE_FILE=.coverage.postgres $(BIN)/python tools/with_postgres.py $(PYTEST)

.PHONY: test-all
test-all: dev ## what CI runs: both engines, browser demanded, coverage gate
	@rm -f .coverage .coverage.*
	@$(MAKE) --no-print-directory test REQUIRE_BROWSER=1
	@$(MAKE) --no-print-directory test-postgres REQUIRE_BROWSER=1
	@$(MAKE) --no-print-directory coverage

.PHONY: coverage
coverage: dev ## what both engines together have run; fails below 95 %
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report --fail-under=95

.PHONY: check check-lint check-types check-layers check-templates check-migrations check-messages
check: check-lint check-types check-layers check-templates check-migrations check-messages ## lint, types, architecture, templates, migrations, translations

# A check starts no server, so any secret will do.
check-types check-migrations: export SECRET_KEY := a-check-needs-no-secret-but-settings-ask-for-one
check-types check-migrations: export DATA_DIR := $(VENV)/check

check-lint: dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

check-types: dev
	@$(BIN)/mypy quartiersladen tools tests conftest.py

check-layers: dev
	@$(BIN)/lint-imports --no-cache

check-templates: dev
	@$(BIN)/djlint --lint --quiet quartiersladen

check-migrations: dev
	@mkdir -p $(DATA_DIR)
	@$(BIN)/quartiersladen makemigrations --check --dry-run

check-messages: dev
	@$(BIN)/python tools/messages.py check

# --- Looking after the repository -----------------------------------------------------------------
.PHONY: messages
messages: dev ## collect new texts into the catalogues
	@$(BIN)/python tools/messages.py update

.PHONY: lock
lock: $(VENV)/.build ## renew the pinned versions in requirements/
	@$(LOCK) --group pyproject.toml:build --output-file requirements/build.txt
	@$(LOCK) --group pyproject.toml:node --output-file requirements/node.txt
	@$(LOCK) --extra postgres pyproject.toml --output-file requirements/runtime.txt
	@$(LOCK) --extra postgres --group dev pyproject.toml --constraints requirements/runtime.txt --output-file requirements/dev.txt

.PHONY: build
build: runtime ## a wheel in dist/, with styles, scripts and catalogues in it
	@rm -rf dist
	@$(BIN)/python -m hatchling build --target wheel

.PHONY: clean
clean: ## remove what was made, never DATA_DIR
	@rm -rf $(VENV) node_modules build dist htmlcov quartiersladen/ui/static/ui quartiersladen/kernel/fonts .coverage .coverage.*
	@find quartiersladen -name '*.mo' -delete
	@find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
