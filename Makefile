# Every target makes itself ready first; `make help` lists them.
SHELL := /bin/sh
PYTHON_IN := .venv/bin/python
DEMO_ARGS ?=
RUN_ARGS ?=
PYTEST_ARGS ?=

# Without compiled bytecode every start takes twice as long.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup setup-runtime demo run test check format bench shots build messages clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup-runtime:
	@.ci/setup runtime

setup: ## Make the environment for developing ready (every other target does it too)
	@.ci/setup test

demo: setup-runtime ## Play a whole programme through: intake, scoring, seal, tally, decision, signatures
	@$(PYTHON_IN) -m reviewer_app demo $(DEMO_ARGS)

run: setup-runtime ## Open the window (RUN_ARGS="status ..." runs the command line)
	@$(PYTHON_IN) -m reviewer_app $(RUN_ARGS)

test: setup ## Run all tests (PYTEST_ARGS="-k seal" picks some)
	@$(PYTHON_IN) -m pytest $(PYTEST_ARGS)

check: setup ## Check style, types and layers
	$(PYTHON_IN) -m ruff check
	$(PYTHON_IN) -m ruff format --check
	$(PYTHON_IN) -m mypy
	.venv/bin/lint-imports

format: setup ## Bring every file into the house style
	$(PYTHON_IN) -m ruff check --fix
	$(PYTHON_IN) -m ruff format

bench: setup ## Measure the speeds that matter and compare them with their limits
	@$(PYTHON_IN) -m tests.speed

shots: setup ## Take a picture of every screen, in Korean and English
	@$(PYTHON_IN) -m tests.shots

build: setup ## Make the stand-alone programme in dist/reviewer-app
	@$(PYTHON_IN) -m PyInstaller --noconfirm --clean --log-level WARN build.spec

messages: setup ## Bring the texts of the code into the Korean catalogue
	@.venv/bin/pybabel --quiet extract -k say -k _ -k ngettext --no-location --sort-output \
	    --project "Reviewer App" -o build/reviewer_app.pot reviewer_app ui
	@.venv/bin/pybabel update --no-fuzzy-matching --omit-header --ignore-obsolete -D reviewer_app \
	    -i build/reviewer_app.pot -d resources/locale -l ko

clean: ## Remove what was built, but keep the environment
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
