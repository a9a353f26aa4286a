# `make help` lists what people use. Needs nothing but Python 3.11, 3.12 or 3.13.
PYTHON ?= python3
VENV := .venv/bin/python
IN_RUN := $(PYTHON) config/bootstrap.py run
IN_DEV := $(PYTHON) config/bootstrap.py dev
IN_BENCH := $(PYTHON) config/bootstrap.py bench

.DEFAULT_GOAL := help
.PHONY: help run test test-one check bench journey bad-day month storm morning joints manage states words lock roles fuzz forge scan pictures holes mutants mutants-sql

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

run: ## everything on this machine, until Ctrl-C (COUNTRY=rw PORT=8000)
	@$(IN_RUN) -m config.stack run

test: ## every test, beside throwaway servers, on every core
	@$(IN_DEV) -m config.stack test $(T)

test-one: ## one file or folder of tests: make test-one T=tests/payments
	@$(VENV) -m pytest -p config.stack.testing $(T)

check: ## every rule that a machine can check (C="mypy imports" for some)
	@$(IN_DEV) -m config.stack check $(C)

bench: ## how fast money is taken, beside PostgreSQL's own floors (A="--rounds 5 --only callbacks")
	@$(IN_BENCH) -m bench $(A)

journey: ## one citizen's case against the running stack (A="--count 40 --concurrency 8")
	@$(IN_RUN) -m config.stack manage journey $(A)

bad-day: ## everything goes wrong outside, then the money is compared (A="--seed 1 --payments 200")
	@$(IN_RUN) -m config.stack manage bad_day $(A)

month: ## a month of money, repaired and closed, then made again (A="--payments 20000 --days 10")
	@$(IN_DEV) -m config.stack month $(A)

storm: ## money by any road in any order, for an hour or so (STEPS=200000)
	@GUICHET_STEPS=$(or $(STEPS),200000) $(VENV) -m pytest -p config.stack.testing -s \
	  tests/payments/test_any_order.py

morning: ## an officer's twenty cases in a browser by keyboard alone, and what each of them cost
	@GUICHET_MORNING=1 $(VENV) -m pytest -p config.stack.testing -s tests/applications/morning

joints: ## a worker killed with -9 at each joint of a case's life (SEEDS=20)
	@GUICHET_SEEDS=$(or $(SEEDS),20) $(VENV) -m pytest -p config.stack.testing \
	  tests/applications/faults

mutants: ## which small wrongs in the pure rules of money no test sees (A="payments.likeness.*")
	@$(IN_DEV) -m bench.mutants $(A)

mutants-sql: ## the same for the SQL that posts (A="--only take_back --at-once 2")
	@$(IN_DEV) -m bench.mutate_sql $(A)

fuzz: ## every reader of foreign bytes under a fuzzer (A="--seconds 600 --only hear.kcb")
	@$(IN_BENCH) -m bench.fuzz $(A)

forge: ## forged, stale, replayed and altered callbacks at every door (N=100000)
	@$(IN_DEV) -m bench.forge --count $(or $(N),100000) $(A)

scan: ## scanners at a stack of its own, signed in as everybody (A="--minutes 10 --only wapiti --as officer")
	@$(IN_DEV) -m config.stack scan $(A)

pictures: ## what people see, for docs/pictures.md, from a stack of its own
	@$(IN_DEV) -m config.stack.pictures

holes: ## packages whose version has a known hole, asked of OSV (A="requirements/run.txt")
	@$(IN_RUN) -m config.stack holes $(A)

manage: ## manage.py beside the running stack: make manage A=check_invariants
	@$(IN_RUN) -m config.stack manage $(A)

states: ## draw the lifecycles into docs/states.md
	@$(IN_RUN) -m config.stack with -- $(VENV) manage.py states

words: ## gather every string into locale/ and compile it
	@$(IN_RUN) -m config.stack with -- $(VENV) manage.py words

roles: ## database, logins and rights on a server of yours: make roles SUPERUSER_URL=postgresql://...
	@$(IN_RUN) -m config.stack roles $(SUPERUSER_URL)

lock: ## write requirements/*.txt anew from *.in (A="--upgrade")
	@$(IN_DEV)
	@PATH="$$PWD/.venv/uv/bin:$$PATH"; for name in bootstrap run dev bench; do \
	  uv pip compile --quiet --generate-hashes --universal --no-header --python-version 3.11 \
	    $(A) requirements/$$name.in -o requirements/$$name.txt || exit 1; done
