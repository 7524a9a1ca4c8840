# Manyi. `make help` lists what can be done; each target does its own set-up.

PYTHON ?= python3
PORT ?= 8000
ARGS ?=
DB ?=
export PORT

BIN := .venv/bin
PY := $(BIN)/python
MANAGE := $(PY) manage.py
PIP := $(PY) -m pip --disable-pip-version-check
INSTALLED := .venv/.installed
ASSETS := build/.assets
COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" build/lock/bin/uv pip compile --quiet --universal \
	--python-version 3.11 --generate-hashes --no-annotate --no-emit-find-links $(UV_ARGS)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup messages demo test check format types bench lock clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' Makefile | expand -t 12

setup: $(INSTALLED) $(ASSETS) messages ## virtual environment, front-end files, translations; a no-op when up to date

$(INSTALLED): requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Manyi needs Python 3.11 or newer, not " + sys.version.split()[0] + " (choose one with PYTHON=...)")'
	$(PYTHON) -m venv .venv
	$(PIP) install --quiet --no-deps --no-compile --require-hashes -r requirements/dev.txt
	@touch $@

$(ASSETS): package.json package-lock.json .npmrc requirements/node.txt tools/assets.py | $(INSTALLED)
	$(PY) tools/assets.py
	@touch $@

messages: $(INSTALLED)
	@$(PY) tools/messages.py

demo: setup ## migrate and load the demo in var/, start everything on PORT (8000); Ctrl-C stops
	@mkdir -p var
	$(MANAGE) migrate --verbosity 0
	$(MANAGE) load_demo
	@MANYI_DEMO=1 $(MANAGE) up

test: setup ## all tests on SQLite, then on PostgreSQL and Redis; ARGS="-k foo" goes to pytest, DB=sqlite|postgres picks one
	@$(PY) tools/run_tests.py $(if $(DB),--db $(DB)) -- $(ARGS)

check: setup ## style, templates, missing migrations, translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --lint .
	$(MANAGE) makemigrations --check --dry-run
	$(PY) tools/messages.py --check

format: setup ## mend what the style check would complain about
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup ## look for type errors
	$(BIN)/mypy .

bench: setup ## the benchmark, into benchmarks/results.json; ARGS="--only NAME --quick" for one
	$(PY) -m benchmarks $(ARGS)

lock: ## compile requirements/ anew from pyproject.toml; UV_ARGS=--upgrade takes newer versions
	$(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet uv
	$(COMPILE) pyproject.toml -o requirements/base.txt
	$(COMPILE) pyproject.toml --group dev -c requirements/base.txt -o requirements/dev.txt
	$(COMPILE) --group node -o requirements/node.txt

clean: ## remove what make made, but not the data in var/
	rm -rf .venv build .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name '*.mo' -o -name __pycache__ -prune | xargs rm -rf
