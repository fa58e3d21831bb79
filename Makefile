# somec. `make` lists what there is; everything installs into .venv, nothing outside this folder is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8700
ONLY ?=

.DEFAULT_GOAL := help
.PHONY: help install demo pictures test check bench run interop format messages docs clean

# Compiles the search kernels in the background, so that the first search does not wait for it.
WARM = (nice -n 10 $(BIN)/somec match warm >/dev/null 2>&1 &)

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

$(VENV)/.runtime: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	touch $@

src/somec/web/static/ecl/ecl-eu.css: scripts/fetch_design_system.py
	$(PYTHON) scripts/fetch_design_system.py
	touch $@

install: $(VENV)/.runtime src/somec/web/static/ecl/ecl-eu.css ## what a real node needs, into .venv
	@$(WARM)

demo: $(VENV)/.runtime src/somec/web/static/ecl/ecl-eu.css ## three nodes and the story, in a browser (STORY=once: without one)
	@$(WARM)
	@exec $(BIN)/somec demo --port $(PORT) $(if $(STORY),--story $(STORY)) $(if $(FRESH),--fresh)

test: $(VENV)/.dev src/somec/web/static/ecl/ecl-eu.css ## the whole suite on SQLite, and its integration tests on PostgreSQL
	BIN=$(BIN) scripts/test.sh $(ARGS)

check: $(VENV)/.dev ## format, lint, types, contracts, migrations, generated files
	BIN=$(BIN) scripts/check.sh

pictures: $(VENV)/.dev src/somec/web/static/ecl/ecl-eu.css ## take the screenshots of docs/ anew (needs Chromium)
	SOMEC_PICTURES=1 $(BIN)/pytest tests/journeys -q

.peers/.installed: bench/peers.txt $(VENV)/.dev
	$(PYTHON) -m venv .peers
	.peers/bin/pip install --quiet --disable-pip-version-check -r bench/peers.txt
	.peers/bin/pip install --quiet --disable-pip-version-check nomenklatura || echo "nomenklatura was left out: its ICU binding needs a compiler and libicu-dev"
	touch $@

bench: $(VENV)/.dev .peers/.installed ## speed, as ratios measured in this run (ONLY=exchange, as4, matching, ...)
	SOMEC_BENCH_PEERS=$$(echo .peers/lib/python*/site-packages) $(BIN)/python -m bench $(ONLY)

run: $(VENV)/.runtime src/somec/web/static/ecl/ecl-eu.css ## one real node in var/node (make it first: somec init)
	SOMEC_NODE=$${SOMEC_NODE:-var/node} exec $(BIN)/somec serve

interop: $(VENV)/.dev ## messages to and from phase4, an access point that nobody here wrote (needs Java 17 and Maven)
	BIN=$(BIN) scripts/interop.sh

format: $(VENV)/.dev ## put the source into its form
	$(BIN)/ruff format . && $(BIN)/ruff check --fix --select I .

messages: $(VENV)/.dev ## collect texts for translation and compile them (needs gettext)
	$(BIN)/python scripts/messages.py

docs: $(VENV)/.dev ## write the generated pages of docs/ anew
	$(BIN)/python scripts/generate_docs.py

clean: ## remove what was built (keeps nodes in var/)
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis src/somec/web/static/ecl interop/phase4/target
