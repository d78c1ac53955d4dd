# The two commands of the README, and what the next engineer needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: compare test theory lint types security lock docs bench clean

compare: $(VENV)/ready ## the main job on the bundled study
	$(BIN)/python run.py compare

test: $(VENV)/ready ## the tests
	$(BIN)/python -m pytest $(PYTEST_FLAGS)

theory: $(VENV)/ready ## the engine against results known in closed form
	$(BIN)/python run.py validate --theory

lint: $(VENV)/ready
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/ready
	$(BIN)/mypy

security: $(VENV)/ready ## what could be a hole; each exception is explained where it stands
	$(BIN)/bandit --quiet --recursive sim analysis benchmarks run.py

docs: $(VENV)/ready ## the generated pages: parameters, tables, what Python users call
	$(BIN)/python -m sim.study.parameters > docs/parameters.md
	$(BIN)/python -m sim.study.tables > docs/tables.md
	$(BIN)/python -m analysis.commands.api_page > docs/api.md

bench: $(VENV)/ready ## cost against plain Mesa, SimPy and Ciw, over sizes and horizons, of starting, and in instructions
	$(BIN)/python -m benchmarks.plain_mesa
	$(BIN)/python -m benchmarks.queueing
	$(BIN)/python -m benchmarks.scaling
	$(BIN)/python -m benchmarks.floor
	$(BIN)/python -m benchmarks.two_workers
	-$(BIN)/python -m benchmarks.start_up
	-$(BIN)/python -m benchmarks.instructions

lock: ## needs uv
	uv pip compile pyproject.toml --extra dev --python-version 3.11 --universal \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  --no-emit-find-links -o requirements.lock

$(VENV)/ready: requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $(VENV)/ready

clean:
	rm -rf $(VENV) results .cache
