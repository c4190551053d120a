# Sets up, tests and lints this repository, and runs the local cloud: two AWS Regions on this machine.
# deployment/Makefile deploys, to AWS or to the local cloud. `make help` lists the targets of either.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:

PYTHON ?= python3
VENV   := .venv
BIN    := $(CURDIR)/$(VENV)/bin
LINT_VENV := .venv-lint
BENCH_VENV := .venv-bench
# The folder in which the local cloud keeps its state.
export LOCALCLOUD_STATE ?= $(CURDIR)/.local
# Where its processes leave which permissions the roles needed, for `make permissions`.
export LOCALCLOUD_PERMISSIONS ?= $(CURDIR)/.build/permissions
# Mails come from this address and go to it. For the local cloud it is verified from the start.
export SES_IDENTITY ?= batch@example.com
export LOCALCLOUD_VERIFIED_IDENTITIES ?= $(SES_IDENTITY)

# Chunks that the local cloud processes at the same time. An ordinary account's quota allows many more than this machine
# can, and each has 55 seconds; that of a new account does not.
CHUNK_SLOTS ?= $(if $(filter new,$(LOCALCLOUD_ACCOUNT)),,8)

.PHONY: help venv local local-stop env mail status cost demo load drill acceptance test test-fast test-slow soak mutations model malformed fuzz permissions
.PHONY: lint lint-code lint-templates lint-security format bench bench-files limits lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-15s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

venv: $(VENV)/.installed ## set up .venv with everything that is needed

$(VENV)/.installed: requirements.lock localcloud/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed; $(PYTHON) is $$($(PYTHON) --version)." >&2
	    echo "Try: make PYTHON=python3.13 $(MAKECMDGOALS)" >&2; exit 1; }
	echo "Setting up $(VENV) …" >&2
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check "$$(grep ^uv== requirements.lock)" || \
	  { echo "pip cannot reach the package index: check the network, the proxy and pip's settings." >&2; exit 1; }
	$(BIN)/uv pip sync -q --compile-bytecode --python $(BIN)/python requirements.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e localcloud
	touch $@

local: venv ## start the local cloud (both Regions) in the background
	@$(BIN)/localcloud start
	echo 'Now: eval "$$(make -s env)" && cd deployment && make deploy' >&2

local-stop: ## stop the local cloud and every process it started
	@test -x $(BIN)/python || { echo "There is no $(VENV), so nothing runs." >&2; exit 0; }
	$(BIN)/localcloud stop

env: ## print the variables that point a shell at the local cloud: eval "$(make -s env)"
	@test -x $(BIN)/python || { echo "echo 'Nothing was set: run make local first.' >&2; false"; exit 1; }
	$(BIN)/localcloud env
	echo "export SES_IDENTITY=$(SES_IDENTITY)"
	echo "export CHUNK_SLOTS=$(CHUNK_SLOTS)"

mail: ## print the mails received, one JSON object a line
	@$(BIN)/localcloud mail

status: ## say whether the local cloud runs, and which calls it has received
	@$(BIN)/localcloud status

RUNS ?= 3
cost: venv ## show what the latest RUNS=3 would cost on AWS, and a month without any; JSON=1; MARK=1, and SINCE=mark later
	@$(BIN)/python -m tools.cost --runs $(RUNS) $(if $(filter 1,$(JSON)),--json) \
	  $(if $(filter 1,$(MARK)),--mark) $(if $(filter mark,$(SINCE)),--since-mark) \
	  $(if $(KEEP),--keep $(KEEP)) $(if $(filter 1,$(PAGE)),--page)

demo: venv ## run everything once: start, deploy, upload, check the result, show the mail
	@$(BIN)/python -m tools.demo

load: venv ## upload FILES=100 small files and one of ROWS=10000 at once, in ACCOUNT=new: ten functions at once
	@$(BIN)/python -m tests.load --files $(or $(FILES),100) --large $(or $(ROWS),10000) --account $(or $(ACCOUNT),new)

drill: venv ## let a Region fail in the middle of a load, and check that every file comes out once
	@$(BIN)/python -m tools.drill

acceptance: venv ## deploy an ENV of its own, check every claim, fail over and back, destroy it: on AWS, or locally
	@$(BIN)/python -m tools.acceptance

# Two sessions at the same time: the local cloud's, whose output follows at the end, and the product's, in three
# processes on two cores, since end-to-end tests wait more than they work. The target fails if one of them did.
# $(1): options of the product's.
define run_tests
mkdir -p .build
(cd localcloud && $(BIN)/python -m pytest) > .build/localcloud-tests.log 2>&1 & localcloud=$$!
failed=
echo "The product's tests (those of the local cloud run beside them):"
$(BIN)/python -m pytest -n 3 $(1) --cov || failed="the product's tests"
wait $$localcloud || failed="$${failed:+$$failed, }the local cloud's tests"
echo "The local cloud's tests:"
cat .build/localcloud-tests.log
test -z "$$failed" || { echo "Failed: $$failed." >&2; exit 1; }
endef

test: venv ## run every test, and print the branch coverage of functions/
	@$(call run_tests,--no-loadscope-reorder)

test-fast: venv ## run every test but the end-to-end ones
	@$(call run_tests,--ignore tests/e2e --ignore tests/resilience/test_soak.py)

TESTS ?= tests/e2e
test-slow: venv ## run the end-to-end tests (TESTS=…) with the waits of AWS: hours
	@LOCALCLOUD_TIME_SCALE=1 $(BIN)/python -m pytest $(TESTS)

SEEDS ?= 100
FIRST ?= 1
SEED  ?=
soak: venv ## run SEEDS=100 random scenarios of failures, from FIRST=1; SEED=17 replays one
	@$(BIN)/python -m tests.resilience $(if $(SEED),--seed $(SEED),--seeds $(SEEDS) --first $(FIRST))

mutations: venv ## put faults into the functions one by one, and run up to SEEDS=100 scenarios until one finds it
	@$(BIN)/python -m tests.resilience --mutations search --seeds $(SEEDS) --first $(FIRST)

model: venv ## explore the failover protocol to the end: some minutes
	@PYTHONPATH=functions $(BIN)/python -m tests.protocol

CASES ?= 10000
fuzz: venv ## read CASES=10000 wild files by splitter, reader, writer and merger, and compare with an oracle
	@FUZZ_CASES=$(CASES) PYTHONPATH=functions $(BIN)/python -m pytest -q tests/pipeline

permissions: venv ## show which permissions of each role earlier runs used (make demo, drill, test, soak); RECORD=1 keeps that
	@$(BIN)/python -m tools.permissions $(LOCALCLOUD_PERMISSIONS) $(if $(filter 1,$(RECORD)),--record)

CALLS ?= 5000
malformed: venv ## throw CALLS=5000 malformed calls and HTTP requests at the services of the local cloud
	@cd localcloud && LOCALCLOUD_MALFORMED_CALLS=$(CALLS) $(BIN)/python -m pytest -q tests/fidelity -k malformed

lint: lint-code lint-templates lint-security ## run lint-code, lint-templates and lint-security, as CI does

lint-code: venv ## check Python (ruff, mypy) and the format of JSON files
	@$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m tools.format_json --check
	$(BIN)/mypy
	cd localcloud && $(BIN)/mypy

lint-templates: venv node_modules/.installed ## check templates, state machines, shell scripts and the runbook
	@PATH="$(BIN):$$PATH" $(MAKE) -s -C deployment lint

lint-security: venv $(LINT_VENV)/.installed node_modules/.installed ## check templates and policies (checkov, parliament, cdk-nag)
	@$(BIN)/python -m tools.static_checks $(LINT_VENV)/bin

$(LINT_VENV)/.installed: tools/static_checks/requirements.lock | venv
	@$(BIN)/uv venv -q --clear --python $(BIN)/python $(LINT_VENV)
	$(BIN)/uv pip sync -q --python $(LINT_VENV)/bin/python tools/static_checks/requirements.lock
	touch $@

node_modules/.installed: package.json package-lock.json
	@command -v npm > /dev/null || \
	  { echo "npm is needed for asl-validator, cdk-nag and the runbook's schema: install Node.js 20 or later." >&2; exit 1; }
	npm ci --silent
	touch $@

format: venv ## format the Python code and the JSON files
	@$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python -m tools.format_json

bench: bench-files ## measure bench-files, then records per second end to end, and where the time goes
	@$(BIN)/python -m tools.benchmarks

SCALE ?= 10000 1000000 10000000
bench-files: venv $(BENCH_VENV)/.installed ## measure splitter and merger beside csv, pandas, pyarrow and cat on files of SCALE="10000 1000000 10000000" rows
	@$(BIN)/python -m tools.benchmarks.files --python $(BENCH_VENV)/bin/python --rows $(SCALE)

$(BENCH_VENV)/.installed: tools/benchmarks/requirements.lock | venv
	@$(BIN)/uv venv -q --clear --python $(BIN)/python $(BENCH_VENV)
	$(BIN)/uv pip sync -q --python $(BENCH_VENV)/bin/python tools/benchmarks/requirements.lock
	touch $@

limits: venv ## renew the tables of docs/limits.md, from templates, state machines and settings
	@PYTHONPATH=functions $(BIN)/python -m tools.limits

lock: venv ## renew the files of versions (requirements.lock); UPGRADE=1 takes newer versions
	@$(BIN)/uv pip compile -q $(if $(UPGRADE),--upgrade) --python-version 3.11 --extra dev \
	  --no-emit-index-url --no-emit-package localcloud --custom-compile-command "make lock" \
	  -o requirements.lock pyproject.toml functions/requirements.txt
	$(BIN)/uv pip compile -q $(if $(UPGRADE),--upgrade) --python-version 3.11 \
	  --no-emit-index-url --custom-compile-command "make lock" \
	  -o tools/static_checks/requirements.lock tools/static_checks/requirements.in
	$(BIN)/uv pip compile -q $(if $(UPGRADE),--upgrade) --python-version 3.11 \
	  --no-emit-index-url --custom-compile-command "make lock" \
	  -o tools/benchmarks/requirements.lock tools/benchmarks/requirements.in

clean: local-stop ## stop the local cloud and remove what was built
	@rm -rf $(VENV) $(LINT_VENV) $(BENCH_VENV) .local .build .aws-sam node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
