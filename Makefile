# `make help` lists what there is. Everything lives in .venv and var; nothing else on the machine is touched.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup start story check format lint types imports test slow journeys browser schemathesis faults hunt bench docs texts styles migrate migration lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---- a newcomer's

start: .venv/runs ## Set up, start everything, load the example programme, say where to look
	@./sbs start

story: .venv/runs ## Walk one man's story through the running system
	@./sbs story

check: .venv/checks ## Set up, and pass every check: format, lint, types, imports, tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@kept=$$($(BIN)/lint-imports) || { echo "$$kept"; exit 1; }
	@$(BIN)/pytest -n auto --maxprocesses 8 -q

# ---- while working

setup: .venv/checks ## Make .venv with everything that running and checking need

format: .venv/checks ## Format the code
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

lint types imports: .venv/checks
lint: ## Lint only
	@$(BIN)/ruff check .
types: ## Check types only
	@$(BIN)/mypy
imports: ## Check the import contracts only
	@$(BIN)/lint-imports

test: .venv/checks ## Run the tests only
	@$(BIN)/pytest -n auto --maxprocesses 8 -q

journeys: .venv/checks ## Start the real system, walk through it, kill it; on every back end that answers
	@$(BIN)/pytest -q -m slow tests/journeys

browser: .venv/checks ## Look at every page in a real browser (chromium); the pictures are kept in build/pages
	@$(BIN)/pytest -q -m slow tests/browser

schemathesis: .venv/checks ## Ask everything that the OpenAPI documents allow, and much that they do not
	@$(BIN)/pytest -n auto --maxprocesses 8 -q -m slow tests/contracts

faults: .venv/checks ## Break everything while people work, and count what is left: ARGS="--events 20000 --kills 300"
	@$(BIN)/python -m tests.faults.run $(ARGS)

hunt: .venv/checks ## Everything that is tried with made-up input, with other input each time
	@seed=$$(date +%s); echo "SBS_TEST_SEED=$$seed"; SBS_TEST_SEED=$$seed $(BIN)/pytest -n auto --maxprocesses 8 -q \
	  --hypothesis-seed $$seed -m "slow or not slow" tests/contracts $$(grep -rl hypothesis tests --include='test_*.py')

slow: .venv/checks ## Run every slow test: journeys, schemathesis, the whole example on PostgreSQL
	@$(BIN)/pytest -n auto --maxprocesses 8 --dist loadgroup -q -m slow

bench: .venv/checks ## Print a table of what things cost, with their floors (BENCH="--help" for its options)
	@$(BIN)/python -m tests.benchmarks $(BENCH)

docs: .venv/checks ## Write the OpenAPI documents, event schemas and diagrams anew from the code
	@$(BIN)/python -m tests.contracts.write

texts: .venv/checks ## Bring the pages' translations up to the texts that are said
	@$(BIN)/python -m tests.web.texts

styles: ## Compile the pages' style from shared/web/styles (needs npm; what it makes is committed)
	@cd shared/web/styles && npm install --silent --no-audit --no-fund --no-package-lock && npm run --silent build && rm -rf node_modules

migrate: .venv/runs ## Bring the databases to the present schema
	@./sbs migrate

migration: .venv/runs ## Write a migration: SERVICE=referrals MESSAGE="what it does"
	@./sbs revise "$(SERVICE)" "$(MESSAGE)"

clean: ## Remove .venv and everything that was made, the embedded databases included
	rm -rf .venv var build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

lock: .venv/checks ## Lock the newest versions that pyproject.toml allows, with hashes
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header --upgrade pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header --upgrade --group dev -c requirements/run.txt pyproject.toml -o requirements/check.txt

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; PYTHON=/path/to/it make ... names one."; exit 1; }
	@echo "Setting up in .venv ..."
	@$(PYTHON) -m venv .venv

.venv/runs: .venv/bin/python requirements/run.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/run.txt
	@touch $@

.venv/checks: .venv/bin/python requirements/run.txt requirements/check.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/check.txt
	@touch $@ .venv/runs
