# A thin wrapper: `make lab` and `make test` are `python -m mikit.bootstrap lab | test`, which works without make too.
# Options go through OPTIONS, as in: make lab OPTIONS=--no-browser

# The first Python that is new enough; if none is, python3, which then says what it lacks.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(or $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done),python3)
VENV_PYTHON := .venv/bin/python

.PHONY: help lab test lessons planb site gallery bench

help:
	@echo "make lab      set up, then open JupyterLab on the first lesson"
	@echo "make test     set up, then run all tests"
	@echo "make lessons  run every lesson on one core, measured   (after make test)"
	@echo "make planb    save the workshop's pages into a zip     (after make test)"
	@echo "make site     build the static site                    (after make test)"
	@echo "make gallery  draw every view into one contact sheet   (after make test)"
	@echo "make bench    take the timings                         (after make test)"

lab test:
	@$(PYTHON) -m mikit.bootstrap $@ $(OPTIONS)

lessons:
	@$(VENV_PYTHON) tests/measure_lessons.py

planb:
	@$(VENV_PYTHON) -m mikit.course.pages build

site: planb
	@$(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check --no-build-isolation \
		--constraint constraints.txt --constraint docs/site/constraints.txt --editable ".[site]"
	@$(VENV_PYTHON) -m sphinx -q -W --keep-going -c docs/site -d build/doctrees $(OPTIONS) . build/site
	@cp -R build/mikit-planb build/mikit-planb.zip build/site/
	@echo "build/site/index.html"

gallery:
	@$(VENV_PYTHON) tests/gallery.py $(OPTIONS)

bench:
	@$(VENV_PYTHON) -m pytest tests/bench -s $(OPTIONS)
