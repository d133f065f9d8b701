# Every target sets up first; that takes an instant when nothing has changed.
PYTHON ?= python3
JOBS ?= 2
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup course test lab bench clean

help:  ## Show this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 16
	@echo
	@echo "  One lesson, another profile, diagnosis: $(BIN)/nccourse --help"

setup:  ## Install the course into .venv
	@$(PYTHON) bootstrap.py

course: setup  ## Execute every lesson on real data and write build/site/index.html
	@$(BIN)/nccourse run

lab: setup  ## Open the lessons in JupyterLab
	@$(BIN)/nccourse lab

# Notebooks come first so that the long ones do not end up last; a notebook's cells stay on one worker.
test: setup  ## Lint, types, import contracts, then every test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(BIN)/python tests/browser/provide.py
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/lessons solutions tests nccourse \
	  --doctest-modules --nbval-lax --nbval-current-env --nbval-cell-timeout=300 \
	  -n $(JOBS) --dist loadfile --no-loadscope-reorder --cov --cov-report=term

bench: setup  ## Measure speed and memory (prints tables)
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

clean:  ## Delete what was built, keeping .venv
	rm -rf build dist .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
