# Counterpart: `make run` on a fresh machine is enough.  `make help` lists the rest.

VENV ?= .venv
PORT ?= 8000
BIN := $(VENV)/bin
PYTHON ?= $(shell command -v python3.11 || command -v python3)
RUFF := $(BIN)/ruff
AUDIT := $(VENV)/audit
TEST := $(BIN)/python -m pytest
# Neighbours stay in one process: one browser, one demonstration; who is done first helps out.
ALL_AT_ONCE := -n auto --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help run test testall check format audit bench bench-commissions coverage drills fuzz lock mutate probe sbom clean

help: ## what can be made here
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/run.stamp ## install what is missing, then serve the portal with its demo
	@exec $(BIN)/portal serve --demo --port $(PORT)

test: $(VENV)/dev.stamp ## every test on SQLite and in a browser; what the database decides on PostgreSQL
	$(TEST) $(ALL_AT_ONCE)
	$(TEST) $(ALL_AT_ONCE) --database=postgresql $(DECIDED_BY_THE_DATABASE)

testall: $(VENV)/dev.stamp ## every test on both databases, and in a browser
	$(TEST) $(ALL_AT_ONCE)
	$(TEST) $(ALL_AT_ONCE) --database=postgresql tests/models tests/portal tests/stripe tests/test_migrations.py

check: $(VENV)/dev.stamp ## format, lint, types, import contracts, sizes
	$(RUFF) format --check .
	$(RUFF) check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djlint templates --lint --quiet
	$(TEST) tests/test_house.py

mutate: $(VENV)/dev.stamp ## change what decides bit by bit: do the tests notice; MODULE=…: one alone
	@$(INSTALL) --require-hashes -r requirements-mutate.lock
	$(BIN)/python -m tests.mutating $(MODULE)

coverage: $(VENV)/dev.stamp ## which lines and branches the tests walk: 95 % of all, all of what decides; half an hour
	@$(INSTALL) --require-hashes -r requirements-mutate.lock
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 0 --ignore=tests/browser
	$(BIN)/coverage run -m pytest -n 0 --database=postgresql tests/models/test_fences.py tests/models/test_roads.py
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --fail-under=95
	$(BIN)/coverage report --fail-under=100 --include=$(WHAT_DECIDES)

format: $(VENV)/dev.stamp ## write every file as the house writes it
	$(RUFF) format .
	$(RUFF) check --fix .

bench: $(VENV)/dev.stamp ## measure; figures go to benchmarks/README.md by hand
	$(BIN)/python -m benchmarks

bench-commissions: $(VENV)/dev.stamp ## a million payments rated and stated, beside SQL alone
	$(BIN)/python -m benchmarks.commissions --events 1000000 --partners 50000 --postgresql
	$(BIN)/python -m benchmarks.commissions --events 1000000 --partners 50000

lock: $(VENV)/dev.stamp ## pin what setup.cfg asks for, for every platform, with hashes
	$(LOCK) --extra install -o requirements.lock
	$(LOCK) --extra install --extra dev -c requirements.lock -o requirements-dev.lock
	printf "bandit\nregexploit\nschemathesis\nsemgrep\nsqlmap\n" | $(BIN)/uv pip compile - $(PINNED) \
		-o requirements-audit.lock
	echo "mutmut ~= 3.8" | $(BIN)/uv pip compile - $(PINNED) -c requirements-dev.lock -o requirements-mutate.lock

fuzz: $(VENV)/dev.stamp ## 10,000 odd requests as every role, then odd files for every reader; ten minutes
	$(TEST) -n 0 -s tests/portal/test_fuzz.py --fuzz=10000
	$(BIN)/python -m tests.fuzzing_readers -max_total_time=120

drills: $(VENV)/dev.stamp ## crashes, full disks, slow clients, months of simulation: rows 24 to 34; half an hour
	$(TEST) -n 0 -s --drills tests/drills
	$(TEST) -n 0 -s --drills --database=postgresql tests/drills

audit: $(AUDIT).stamp ## bandit, own rules, slow expressions: what must not be written here; a minute
	PATH="$(AUDIT)/bin:$$PATH" $(AUDIT)/bin/semgrep scan --quiet --error --metrics off \
		--disable-version-check --config .ci/semgrep.yaml models portal templates
	$(AUDIT)/bin/bandit --quiet -c .ci/bandit.yaml -r models portal
	@find models portal -name "*.py" | xargs $(AUDIT)/bin/regexploit-py

probe: $(AUDIT).stamp $(VENV)/dev.stamp ## attack the demonstration's interfaces for machines: schemathesis
	$(BIN)/python -m tests.probing -- sh .ci/probe $(AUDIT)/bin

sbom: $(VENV)/dev.stamp ## what the portal is made of, with hashes: sbom.cdx.json (CycloneDX 1.6)
	$(BIN)/cyclonedx-py requirements requirements.lock --output-reproducible --output-format JSON \
		--output-file sbom.cdx.json

WHAT_DECIDES = models/scope.py,models/walls.py,models/tripwire.py,models/reading_sql.py,models/same_owner.py$\
	,models/row_security.py,models/fences.py,models/money.py,models/moves.py,models/*/states.py$\
	,models/payouts/due.py,models/payouts/rules.py,models/payouts/standing.py$\
	,models/payouts/operations/approving.py,models/payouts/operations/releasing.py$\
	,models/payouts/transfers/rules.py,models/payouts/transfers/units.py$\
	,portal/permissions.py,portal/barriers.py

DECIDED_BY_THE_DATABASE = tests/models tests/stripe tests/test_migrations.py \
	tests/portal/test_isolation.py tests/portal/test_money_agrees.py \
	tests/portal/test_payouts.py tests/portal/test_bank_reports.py tests/portal/test_taxes.py \
	tests/portal/test_commissions.py tests/portal/test_sales.py tests/portal/test_worker.py

clean: ## forget the virtual environment and the demo's data
	rm -rf $(VENV) instance

PINNED = --universal --python-version 3.11 --generate-hashes --quiet \
	--custom-compile-command "make lock"
LOCK = $(BIN)/uv pip compile setup.cfg $(PINNED)
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check

$(VENV)/run.stamp: requirements.lock | $(VENV)/bin/python
	@echo "Installing what the portal needs into $(VENV) (about half a minute) …"
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock | $(VENV)/bin/python
	@echo "Installing what the tests need into $(VENV) (about a minute) …"
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/run.stamp

$(AUDIT).stamp: requirements-audit.lock | $(VENV)/bin/python
	$(VENV)/bin/python -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements-audit.lock
	@touch $@

$(VENV)/bin/python:
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh .ci/virtual-environment
