PYTHON ?= python

.PHONY: demo test check slow browser notebooks trust trust-slow bench docs

demo:        ## analyse the bundled five-wave export into ./mirabal-demo/
	$(PYTHON) -m mirabal_toolkit demo

test:        ## the tests a change must pass
	$(PYTHON) -m pytest

check:       ## style, types, who may import whom, and whether the packages installed are those named in constraints.txt
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	lint-imports
	$(PYTHON) tests/dependencies.py

slow:        ## tests that take minutes: calibration by simulation, long fuzzing
	$(PYTHON) -m pytest -m slow
	HYPOTHESIS_PROFILE=explore $(PYTHON) -m pytest tests/property

browser:     ## tests that read reports in headless Chromium (no network, widths, keyboard, print, axe-core) and LibreOffice
	$(PYTHON) -m pytest -m browser tests/browser

notebooks:   ## the .ipynb files made from the .py files, and all of them run, in under five minutes
	$(PYTHON) notebooks/pair.py
	$(PYTHON) -m pytest -m "slow or not slow" tests/docs/test_notebooks.py

gallery:     ## docs/gallery.md and its pictures, from artificial data; takes minutes
	$(PYTHON) docs/make_gallery.py

trust:       ## docs/trust.md: the tests behind every promise run, and what they found written down
	$(PYTHON) tests/trust.py

trust-slow:  ## the same with what takes hours: 200 killed runs, ten minutes of fuzzing each, a thousand studies attacked
	$(PYTHON) tests/trust.py --slow

bench:       ## speed and agreement beside other programs; R joins in when it is installed
	$(PYTHON) benchmarks/mixed.py

docs:        ## the pages and index written from the program, then the site into docs/_build/html; no network
	$(PYTHON) -m mirabal_toolkit.instruments.format_page > docs/instrument-format.md
	$(PYTHON) -m mirabal_toolkit.plans.format_page > docs/plan-format.md
	$(PYTHON) -m mirabal_toolkit.cleaning.page > docs/cleaning.md
	$(PYTHON) -m mirabal_toolkit.instruments.index
	$(PYTHON) -m sphinx --quiet --fail-on-warning --keep-going -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"
