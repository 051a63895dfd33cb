# Dragoman. `make` lists what there is to type; `make demo` is the first thing to try.
SHELL := /bin/sh
PYTHON ?= $(shell for v in 3.11 3.12 3.13; do command -v python$$v && break; done || command -v python3)
BIN := .venv/bin
VIDEO ?=
FROM ?= en
TO ?= pt
STAMP := .venv/.stamp
MODELS := whisper-base silero-vad firefox-en-pt firefox-pt-en two-cities mediapipe-face mediapipe-hand

.DEFAULT_GOAL := help
.PHONY: help setup system models demo test check lint types graphs bench docs wheel clean

help: ## list these
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: system $(STAMP) ## environment in .venv, with system packages where that is possible
	@echo; echo "ready. try:  make demo    or:  . .venv/bin/activate && dragoman --help"

system:
	@sh tools/system-packages.sh

$(STAMP): pyproject.toml constraints.txt tools/one-opencv/pyproject.toml
	@echo "making .venv with $(PYTHON)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=24' 2>/dev/null || true
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt ./tools/one-opencv -e '.[dev]'
	@touch $(STAMP)

models: setup ## fetch and verify the models that the demo and the tests use
	@$(BIN)/dragoman models fetch $(MODELS)

demo: setup ## interpret a talk with slides live, English to Portuguese, into out/demo/; or your own: make demo VIDEO=file
	@$(BIN)/dragoman models fetch whisper-base silero-vad firefox-en-pt two-cities
	@talk="$(VIDEO)"; [ -n "$$talk" ] || talk="$$($(BIN)/python -m pipeline.demo out/demo)" && \
	$(BIN)/dragoman interpret "$$talk" --from $(FROM) --to $(TO) --overlay --out out/demo

test: setup ## run the tests (those whose model or media is absent are skipped, with the reason)
	@$(BIN)/dragoman models fetch $(MODELS) || echo "some models are out of reach: the tests that need them are skipped"
	@$(BIN)/python -m pytest -n 2 --dist loadfile

check: lint types graphs test ## all that the continuous integration runs

lint: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup
	@$(BIN)/mypy

graphs: setup
	@$(BIN)/dragoman check graphs/*.yaml examples/*.yaml

bench: setup ## run the benchmarks; tables on the screen, JSON in out/bench/
	@sh benchmarks/run.sh

docs: setup ## draw the shipped graphs and refresh the generated parts of the docs
	@$(BIN)/python tools/docs.py

wheel: setup ## build a wheel and try it in an environment of its own
	@sh tools/try-wheel.sh

clean: ## remove what was built, but not the models
	@rm -rf .venv out dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
