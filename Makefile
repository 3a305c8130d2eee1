# Suki: `make run` and `make test` do everything, the first set-up included. Made for GNU make.
.DEFAULT_GOAL := help
.PHONY: help run test test-all quick battery battery-sabotage bench lint format lock parts messages demo migrate verify setup setup-test chromium translations
.DELETE_ON_ERROR:

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes
# The mark's name carries the lock's checksum, so another lock means another set-up, whatever the clocks say.
SET_UP := .venv/.run-$(shell cksum < requirements.txt | tr ' ' '-')
SET_UP_TEST := .venv/.test-$(shell cat requirements.txt requirements-test.txt | cksum | tr ' ' '-')
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/*.po))
LANGUAGES := fil th
KEYWORDS := -k lazy_gettext -k lazy_ngettext:1,2 -k lazy_pgettext:1c,2

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' Makefile

run: setup  ## Set up, fill in demo data the first time, and serve (PORT, DATABASE_URL, SUKI_DATA are honoured)
	@exec $(BIN)/python -m portal up

test: setup-test chromium  ## Set up and run the tests, on both databases and in a browser
	@exec $(BIN)/python tests/suite.py

test-all: setup-test chromium  ## The same, and the pages of both faces on PostgreSQL as well
	@exec $(BIN)/python tests/suite.py gates sqlite postgres wire-postgres browser

battery: setup-test chromium  ## Break things on purpose and tell what was measured: SIZE=gate|night ROWS="A1 G2" SEED=…
	@exec $(BIN)/python -m tests.battery --size $(or $(SIZE),gate) $(if $(SEED),--seed $(SEED)) --rows $(ROWS)

battery-sabotage: setup-test chromium  ## Seed a fault for each row of the battery and see that it is found: ROWS="A1 G2"
	@exec $(BIN)/python -m tests.battery.sabotage --rows $(ROWS)

quick: setup-test  ## Gates and unit tests on SQLite only
	@exec $(BIN)/python tests/suite.py gates sqlite

bench: setup-test  ## Measure what pages, changes and imports cost: SIZE=small|full DATABASE=sqlite|postgres|both
	@exec $(BIN)/python -m tests.bench

lint: setup-test  ## Check the style of the code
	@$(BIN)/ruff check .

format: setup-test  ## Mend the style of the code where that can be done by machine
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

parts: setup  ## Write what Suki is made of to build/parts.json (CycloneDX)
	@$(BIN)/python .ci/parts

lock: setup  ## Work out requirements.txt and requirements-test.txt anew from pyproject.toml
	@sh .ci/lock

messages: setup  ## Collect the texts to translate into translations/
	@mkdir -p build
	@$(BIN)/pybabel -q extract -F pyproject.toml $(KEYWORDS) --no-wrap --sort-by-file --add-location=file \
		--project=Suki --version=1 --copyright-holder=Suki -o build/messages.pot .
	@for language in $(LANGUAGES); do \
		if [ -f translations/$$language/LC_MESSAGES/messages.po ]; \
		then verb="update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date"; else verb=init; fi; \
		$(BIN)/pybabel -q $$verb --no-wrap -i build/messages.pot -d translations -l $$language || exit 1; \
	done

demo: setup  ## Fill the database with the demo shop
	@exec $(BIN)/python -m portal demo

migrate: setup  ## Bring the database to the current schema
	@exec $(BIN)/python -m portal migrate

verify: setup  ## Check the audit chain and that every record fits the others
	@exec $(BIN)/python -m portal verify

setup: $(SET_UP) translations

setup-test: $(SET_UP_TEST) translations

translations: $(CATALOGUES)

translations/%.mo: translations/%.po | $(SET_UP)
	@$(BIN)/pybabel -q compile -i $< -o $@

chromium: setup-test
	@sh .ci/chromium

$(BIN)/python:
	@sh .ci/venv

$(SET_UP): | $(BIN)/python
	@echo "Installing what Suki needs …"
	@$(PIP) -r requirements.txt
	@touch $@

$(SET_UP_TEST): | $(SET_UP)
	@echo "Installing what the tests need …"
	@$(PIP) -r requirements-test.txt
	@touch $@
