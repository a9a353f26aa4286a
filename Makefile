# `make help` lists what people use. Needs nothing but Python 3.11, 3.12 or 3.13.
PYTHON ?= python3
VENV := .venv/bin/python
IN_RUN := $(PYTHON) config/bootstrap.py run
IN_DEV := $(PYTHON) config/bootstrap.py dev

.DEFAULT_GOAL := help
.PHONY: help run test test-one check journey manage states words lock roles

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

journey: ## one citizen's case against the running stack (A="--count 40 --concurrency 8")
	@$(IN_RUN) -m config.stack manage journey $(A)

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
	@PATH="$$PWD/.venv/uv/bin:$$PATH"; for name in bootstrap run dev; do \
	  uv pip compile --quiet --generate-hashes --universal --no-header --python-version 3.11 \
	    $(A) requirements/$$name.in -o requirements/$$name.txt || exit 1; done
