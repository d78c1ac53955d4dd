# The two commands of the README, and what the next engineer needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The tests start hundreds of processes: each would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: compare help test theory lint types security lock docs pictures screenshots site bench clean

compare: $(VENV)/ready ## the main job on the bundled study
	$(BIN)/python run.py compare

help: ## what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "%-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

test: $(VENV)/ready ## the tests, one process a core; a part of them with PYTEST_FLAGS="tests/unit -q"
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder $(PYTEST_FLAGS)

theory: $(VENV)/ready ## the engine against results known in closed form
	$(BIN)/python run.py validate --theory

lint: $(VENV)/ready ## style and formatting
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/ready ## type annotations
	$(BIN)/mypy

security: $(VENV)/ready ## what could be a hole; each exception is explained where it stands
	$(BIN)/bandit --quiet --recursive sim analysis benchmarks run.py

docs: $(VENV)/ready ## the pages that are made from the registries and the face
	$(BIN)/python -m sim.study.parameters > docs/parameters.md
	$(BIN)/python -m sim.study.tables > docs/tables.md
	$(BIN)/python -m sim.engine.draws > docs/draws.md
	$(BIN)/python -m analysis.commands.api_page > docs/api.md
	$(BIN)/python -m analysis.words.pages
	$(BIN)/python -m analysis.evidence.claims_page > docs/claims.md

screenshots: $(VENV)/ready ## the pictures of the what-if page; needs chromium
	$(BIN)/python -m benchmarks.page_pictures

pictures: $(VENV)/ready ## the pictures of the README, by the program; needs chromium
	$(BIN)/python -m benchmarks.pictures

site: $(VENV)/ready ## the pages as a site in site/, to be read without a network
	rm -rf site
	$(BIN)/python -m sphinx -q -E -W --keep-going -c docs -d .cache/site . site

bench: $(VENV)/ready ## what a run costs, beside plain Mesa, SimPy and Ciw
	$(BIN)/python -m benchmarks.plain_mesa
	$(BIN)/python -m benchmarks.queueing
	$(BIN)/python -m benchmarks.scaling
	$(BIN)/python -m benchmarks.floor
	$(BIN)/python -m benchmarks.two_workers
	-$(BIN)/python -m benchmarks.start_up
	-$(BIN)/python -m benchmarks.instructions

lock: ## requirements.lock anew; needs uv
	uv pip compile pyproject.toml --extra dev --python-version 3.11 --universal \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  --no-emit-find-links -o requirements.lock

$(VENV)/ready: requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $(VENV)/ready

clean: ## remove the environment, compiled code of CI, results and the site
	rm -rf $(VENV) results .cache site
