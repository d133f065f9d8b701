# Every target sets up first; that takes an instant when nothing has changed.
PYTHON ?= python3
JOBS ?= 2
BIN := .venv/bin
# One thread a worker; the cells of a notebook and the tests of a file stay together.
PYTEST = OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup course test test-ray test-widgets lab bench clean

help:  ## Show this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 20
	@echo
	@echo "  One lesson, another profile, diagnosis: $(BIN)/nccourse --help"

setup:  ## Install the course into .venv
	@$(PYTHON) bootstrap.py

# One thread: as fast at this size, and many times faster on a machine that is busy with something else.
course: setup  ## Execute every lesson on real data and write build/site/index.html
	@OMP_NUM_THREADS=1 $(BIN)/nccourse run

lab: setup  ## Open the lessons in JupyterLab
	@$(BIN)/nccourse lab

# Two runs, because nbval measures coverage in kernels of its own and stalls under pytest-cov. The last closing
# line is that of the notebooks; the first run must have passed to come there.
test: setup  ## Lint, types, import contracts, then every test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(BIN)/python tests/browser/provide.py
	$(PYTEST) tests nccourse --doctest-modules --ignore=tests/lessons --ignore=tests/browser --ignore=tests/ray --cov --cov-report=term
	$(PYTEST) tests/lessons solutions tests/browser --ignore=tests/browser/widgets --nbval-lax --nbval-current-env --nbval-cell-timeout=300

# Only here is Ray installed. One process, because the tests share one cluster.
test-ray: setup  ## Install Ray, then test a sweep on a local cluster
	$(BIN)/uv pip install --quiet --python $(BIN)/python -c constraints.txt -e '.[ray]'
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/ray

# One process, because the tests share one JupyterLab.
test-widgets: setup  ## Drive every widget by keyboard in a real JupyterLab
	@$(BIN)/python tests/browser/provide.py
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/browser/widgets

bench: setup  ## Measure speed and memory (prints tables)
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

clean:  ## Delete what was built, keeping .venv
	rm -rf build dist .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
