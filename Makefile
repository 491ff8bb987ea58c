# Two commands are all that a fresh machine needs: `make demo` and `make test`; both do their own set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.PHONY: help setup demo run tools test check fuzz bench

help:
	@echo "make demo   the bot against a world in a box, no account needed"
	@echo "make run    the bot, with the settings in .env and mailstatus.toml"
	@echo "make test   all tests;  make check   style, types, imports;  make bench   figures"

setup: $(STAMP)

# Debian keeps venv in a package of its own.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 …"; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || { apt-get update -qq && apt-get install -y -qq python3-venv && $(PYTHON) -m venv --clear $(VENV); }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt 'pip>=25.1'
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable . --group dev
	@touch $@

demo: setup
	$(BIN)/mailstatus demo $(ARGS)

run: setup
	$(BIN)/mailstatus run

# The checker of systemd units is in no wheel; the tests with real mail servers install those by themselves.
tools:
	@command -v systemd-analyze >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends systemd; } \
		|| { echo "As root: apt-get install systemd"; exit 1; }

test: setup tools check
	$(BIN)/pytest

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# A million odd inputs for all that reads strangers' mail.
fuzz: setup
	$(BIN)/python -m tests.mail.fuzz 1000000

BENCHES := live hard_fault detect store canaries
bench: setup
	@for name in $(BENCHES); do echo "== $$name"; $(BIN)/python -m bench.$$name || exit 1; done
