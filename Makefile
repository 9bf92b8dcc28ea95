# Two commands do everything on a fresh Debian: `make run` (the product, running) and `make test` (every check).
SHELL := /bin/bash
VENV  := .venv
PY    := $(VENV)/bin/python

.PHONY: setup run test check bench soak lock clean

setup:
	@bash scripts/setup.sh

run: setup            ## head office + virtual printer + an enrolled till with demo data
	@$(PY) -m pos_member demo --out out/demo

check: setup          ## the static half of `make test`
	@$(PY) -m ruff format --check --quiet pos_member tests benchmarks scripts
	@$(PY) -m ruff check --quiet pos_member tests benchmarks scripts
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports --no-cache

test: check           ## the whole suite
	@$(PY) -m pytest

bench: setup          ## every figure the README quotes
	@$(PY) -m benchmarks

soak: setup           ## sync for hours: 50,000 simulated seeds and 10,000 kills; stopped, it goes on where it was (FROM=1: begins anew)
	@$(PY) -m tests.simulation --soak $(if $(FROM),--from $(FROM))

lock:                 ## renew requirements.lock from pyproject.toml
	@bash scripts/lock.sh

clean:
	rm -rf $(VENV) out build *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
