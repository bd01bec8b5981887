# Each target sets up .venv where needed; its work is one line that runs without make, too (see README.md).
# The first Python for which all packages come ready-made is taken; failing that a newer one, which builds some.

PYTHON = $(shell \
	for python in python3 python3.14 python3.13 python3.12 python3.11; do \
		$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null && echo $$python && exit; \
	done; \
	python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo python3)
INSTALL = .venv/bin/python -m pip install --quiet --disable-pip-version-check

# A variable of another name would be passed over in silence: CORPSU=x would run the seeds. One with a _ is a tool's.
KNOWN = CORPUS FROM TO OUTLET COLUMNS WORKERS SCHEDULER WORDS PEERS PYTHON
GIVEN = $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
$(foreach name,$(filter-out $(KNOWN) PYTHON% LANG SHELL TMPDIR TZ,$(GIVEN)),$(if $(findstring _,$(name)),,\
	$(error there is no variable $(name): write one of $(KNOWN))))

.PHONY: bench corpus figures lab read report share sheet test

corpus: .venv/ready
	@test -n "$(FROM)" -a -n "$(TO)" || { echo "say where the articles are and where the corpus goes: make corpus FROM=folder_or_table TO=my_corpus"; exit 1; }
	@.venv/bin/python -m helpers.run corpus --source "$(FROM)" --target "$(TO)" $(if $(OUTLET),--outlet "$(OUTLET)") $(foreach column,$(COLUMNS),--column "$(column)")

read: .venv/ready
	@test -n "$(CORPUS)" || { echo "say which corpus: make read CORPUS=my_corpus"; exit 1; }
	.venv/bin/python -m helpers.run read --corpus "$(CORPUS)" $(if $(WORKERS),--workers "$(WORKERS)") $(if $(SCHEDULER),--scheduler "$(SCHEDULER)")

figures: .venv/ready
	.venv/bin/python -m helpers.run figures $(if $(CORPUS),--corpus "$(CORPUS)")

report: .venv/ready
	.venv/bin/python -m helpers.run report $(if $(CORPUS),--corpus "$(CORPUS)")

share: .venv/ready
	.venv/bin/python -m helpers.run share $(if $(CORPUS),--corpus "$(CORPUS)") $(if $(WORDS),--words "$(WORDS)")

sheet: .venv/ready
	@test -n "$(CORPUS)" || { echo "say which corpus: make sheet CORPUS=my_corpus"; exit 1; }
	.venv/bin/python -m helpers.run sheet --corpus "$(CORPUS)"

test: .venv/ready
	.venv/bin/python -m helpers.run test

lab: .venv/ready
	.venv/bin/python -m helpers.run lab

bench: .venv/ready
	.venv/bin/python -m tests.benchmarks.speed $(if $(CORPUS),"$(CORPUS)",seeds) $(if $(PEERS),--peers "$(PEERS)") --out tests/benchmarks/results.md

.venv/ready: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found; install it, or say where it is: make PYTHON=/path/to/python"; exit 1; }
	@echo "Setting up .venv with $(PYTHON): about two minutes, once"
	@$(PYTHON) -m venv .venv
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@.venv/bin/python -m compileall -q helpers  # else, where Python may not write, each notebook compiles all
	@touch .venv/ready
