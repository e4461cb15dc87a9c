# Everything starts from `make setup`: a virtual environment with all that the project needs.
# PYTHON picks the interpreter (3.11 or newer).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo test coverage validate docs lint types format messages bench tables chapter minima clean

help: ## show these targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/.ready: pyproject.toml hatch_build.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "vision-grader needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (TensorFlow is large: a few minutes the first time) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,docs,student]'
	@touch $@

setup: $(VENV)/.ready ## make .venv with everything in it

demo: setup ## grade a small sample class and name the report
	@$(BIN)/grader demo --out demo-report

test: setup ## all tests; says how many were skipped and why
	@$(BIN)/python -m compileall -q grader # once, also where PYTHONDONTWRITEBYTECODE is set: hundreds of processes start
	@$(BIN)/python -m pytest -n auto

coverage: setup ## all tests, and the lines of grader/ that none of them runs
	@$(BIN)/python -m pytest -n auto --cov --cov-report=term-missing

validate: setup ## grade every stub, solution, alternative and wrong answer of the course
	@$(BIN)/grader validate --jobs 2

docs: setup ## the documentation site into build/site, every link checked
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict && echo "build/site/index.html"

lint: setup ## ruff
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup ## mypy --strict on grader, tests and benchmarks
	@$(BIN)/mypy

format: setup ## let ruff tidy up
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

messages: setup ## bring the Korean catalogue up to date with the code
	@mkdir -p build
	@$(BIN)/pybabel -q extract -F babel.cfg -k both -k both_n:1,2 -k ui -k tr:2 -k trn:2,3 -k GraderError -k ChoiceError -k CourseError -k ChecksError -k CalibrationError -k SampleError -k IntakeError -k FileError -k DataError -k OtherFileError -k SandboxUnavailable -k MeasurementError -k NotGraded -k BatchError -k BatchStopped -k GradebookError -k PolicyError -k OutputError -k ExportError -k PlaygroundError -k NotConverted -k PictureError -k TemplateError -k WorkplaceError -k note:2 -k failure:2 --no-location --sort-output -o build/grader.pot .
	@$(BIN)/pybabel -q update -i build/grader.pot -d grader/locale -D grader --no-fuzzy-matching --ignore-obsolete
	@$(BIN)/pybabel -q compile -d grader/locale -D grader

bench: setup ## measure, and write the tables of docs/performance.md
	@$(BIN)/python -m benchmarks.run

tables: setup ## write the tables that the documentation takes from the code
	@$(BIN)/python docs/make_tables.py

chapter: setup ## set the chapter's tables beside the library in docs/chapter.md
	@$(BIN)/python docs/make_chapter.py

minima: setup ## write docs/minima.md: every minimum accuracy and the runs that it comes from
	@$(BIN)/python docs/make_minima.py

clean: ## remove what was built
	rm -rf $(VENV) build dist demo-report .pytest_cache .mypy_cache .ruff_cache
