# Thin on purpose: make.py does the work, here and on Windows, where there is no make.
PYTHON ?= python3
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help report explore test validate bench calibrate lab lock floors pictures clean

help:
	@echo "make report     the report on stretching against strength: reports/compare/compare.pdf"
	@echo "make explore    move a dose in a browser, and see the weeks change"
	@echo "make test       the tests; ARGS goes to pytest, as in: make test ARGS=\"-k wheel\""
	@echo "make validate   the long checks"
	@echo "make bench      the benchmarks"
	@echo "make calibrate  weigh the model's numbers again by the calibration trials"
	@echo "make lab        JupyterLab on the notebooks"
	@echo "make lock       pin the dependencies again, after a change in pyproject.toml"
	@echo "make floors     the picture of the floors in CONTRIBUTING, drawn from the imports"
	@echo "make pictures   the pictures in README and docs, made by the program"
	@echo "make clean      remove .venv, builds and caches; your reports stay"
	@echo "Another Python: make report PYTHON=python3.12"

report explore test validate bench calibrate lab lock floors pictures clean:
	@$(PYTHON) make.py $@ $(ARGS)
