# Two commands for everybody: `make demo` and `make test`. The rest is for maintainers.
# They need Python >= 3.11 with pip; uv and everything else is fetched into .uv and .venv.

PYTHON ?= python3
DEMO := runs/demo
RUN := .venv/bin
export UV_PROJECT_ENVIRONMENT := .venv
export UV_PYTHON_DOWNLOADS := never
export NUMBA_CACHE_DIR ?= $(CURDIR)/.numba_cache

.PHONY: demo test check bench reference fuzz islands

demo: .venv/.synced
	@scripts/demo.sh $(RUN)/xinyong china-2012-2019 1 $(DEMO)

test: check

check: .venv/.synced
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/pytest -n 2

bench: .venv/.synced benchmarks/.venv/.synced
	$(RUN)/python -m benchmarks $(BENCH)

reference: .venv/.synced
	$(RUN)/python scripts/make_reference.py
	$(RUN)/python scripts/make_reading.py
	$(RUN)/python scripts/make_hans.py

# Ten thousand requests made from the portal's description.
fuzz: .venv/.synced
	XINYONG_REQUESTS=11000 $(RUN)/pytest -q -s tests/portal/test_generated.py

# TypeScript of the portal; the built files are committed, so this is for who changes it.
islands: .venv/.synced
	cd xinyong/portal/web && PATH="$(CURDIR)/.node/bin:$$PATH" && npm ci && npm run check && npm run build

.venv/.synced: pyproject.toml uv.lock .uv/bin/uv
	.uv/bin/uv sync --frozen --python "$$(command -v $(PYTHON))"
	@touch $@

benchmarks/.venv/.synced: benchmarks/requirements.txt .uv/bin/uv
	.uv/bin/uv venv -q --allow-existing --python "$$(command -v $(PYTHON))" benchmarks/.venv
	.uv/bin/uv pip sync -q --python benchmarks/.venv/bin/python benchmarks/requirements.txt
	@touch $@

.uv/bin/uv:
	@scripts/get_uv.sh $(PYTHON)
