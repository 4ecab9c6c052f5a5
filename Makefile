# Each target makes what it needs: on a fresh machine `make demo` and `make test` are the only commands.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

.PHONY: install demo test lint format bench bench-matching lock clean

install: $(INSTALLED)

# uv reads no pip settings; an index set for pip is passed on, so that both ask the same place.
$(INSTALLED): requirements.lock bootstrap.lock pyproject.toml
	@test -x $(BIN)/python || { echo "making $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "installing the locked packages"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bootstrap.lock
	@index=$$($(BIN)/python -m pip config get global.index-url 2>/dev/null || true); \
	  $(BIN)/uv pip install --quiet --python $(BIN)/python $${index:+--default-index $$index} --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --offline --editable .
	@touch $(INSTALLED)

demo: install
	@$(BIN)/watchbill demo

test: install
	@$(BIN)/python -m pytest -n 2

lint: install
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: install
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: install
	@$(BIN)/python -m bench

bench-matching: install
	@$(BIN)/python -m bench.matching

# Written without index addresses: the file names packages and hashes, not where they come from.
lock: install
	@$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --no-annotate --extra dev --python-version 3.11 pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
