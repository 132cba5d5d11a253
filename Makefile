# make run: the whole product on this machine. make help: everything else.
PYTHON ?= python3
PY := .venv/bin/python

.PHONY: help run test faults check bench lock reset

help: ## what there is to type
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /make \1\t/' | expand -t 14

run: ## install, start everything, print the address and the demo sign-ins (PORT=8000)
	@$(PYTHON) -m ops.install run local
	@exec $(PY) -m ops.supervisor

test: ## all tests on throw-away servers (ARGS="tests/incidents -x" for some)
	@$(PYTHON) -m ops.install run local test
	@$(PY) -m ops.frontend
	@$(PY) -m pytest -n 2 --dist=loadgroup $(ARGS)

faults: ## strike the product twenty times in each way of docs/reliability.md (SEEDS=20; FAULT=redis for some)
	@$(PYTHON) -m ops.install run local test
	@FAULT_SEEDS=$(or $(SEEDS),20) $(PY) -m pytest tests/faults -n 2 -k "$(or $(FAULT),test)" $(ARGS)

check: ## style, floors, types, templates, migrations: everything but the tests
	@$(PYTHON) -m ops.install run local test lint
	@$(PY) -m ops.check

bench: ## the table of docs/performance.md (BENCH_SIZE=1000000, SOAK=1800, SMOKE=1, ROWS=queue; BENCH=worktime, against for a part)
	@$(PYTHON) -m ops.install run local test bench
	@$(PY) -m ops.frontend
	@$(PY) -m bench$(if $(BENCH),.$(BENCH)) $(ARGS)

lock: ## lock the newest packages that pyproject.toml allows, with hashes
	@$(PYTHON) -m ops.install run local
	@$(PY) -m ops.lock

reset: ## give up everything this machine keeps: database, attachments, outbox
	@$(PYTHON) -m ops.install run local
	@$(PY) -m ops.reset
