# Each target makes .venv by itself with the machine's python3 (3.11 or newer) when it is missing or out of date.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.PHONY: report test test-processes test-browser lab check bench clean

report: $(READY)  ## data in, published report out: the main job on the sample
	$(BIN)/palier run

test: $(READY)  ## all tests that need no extra program
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-processes: $(READY)  ## the report runner, schedule, delivery and forked kernels, with processes that are killed
	$(BIN)/python -m pytest -n 2 --dist loadfile -m processes tests

test-browser: $(READY)  ## the pages in a browser; needs chromium (Debian: apt-get install chromium)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[browser]'
	$(BIN)/python -m pytest -m browser tests/browser

lab: $(READY)  ## the notebooks in JupyterLab
	$(BIN)/jupyter lab --notebook-dir notebooks

check: $(READY)  ## lint, format, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY)  ## measure, and write docs/performance.md; takes about an hour
	$(BIN)/python -m benchmarks.reading
	$(BIN)/python -m benchmarks.mutations
	$(BIN)/python -m benchmarks.kills
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench,browser]'
	$(BIN)/python -m benchmarks.measuring
	$(BIN)/python -m benchmarks.sweeping
	$(BIN)/python -m benchmarks.whatif
	$(BIN)/python -m benchmarks.outlook
	$(BIN)/python -m benchmarks.reports
	$(BIN)/python -m benchmarks

clean:  ## delete all that is derived
	rm -rf data/processed/* .venv .pytest_cache .mypy_cache .ruff_cache

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Palier needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making .venv with the pinned packages; this takes a minute or two the first time."
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(READY)
