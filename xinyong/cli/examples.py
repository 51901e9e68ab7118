"""The words around the commands: examples for help pages, columns of tables, what the marks mean."""

ABOUT = "信用: a laboratory over a wholly synthetic society; no real person is in it."

EPILOGUE = """Examples:
  xinyong list                                  scenarios, recipes, rules
  xinyong run toy --out runs/toy-1              ten thousand people, seconds
  xinyong run china-2012-2019 --out runs/demo   1.34 million people
  xinyong compare runs/demo runs/other
  xinyong validate runs/demo --json

`xinyong COMMAND --help` tells more. Tab completes after --install-completion.
Exit codes: 0 done, 1 a check failed, 2 bad input.
"""

RUN = """Examples:
  xinyong run toy --seed 1 --out runs/toy-1
  xinyong run toy --scale 3000 --until 2016-12-31
  xinyong run china-2012-2019 --scale 1:10000 --replicates 5
  xinyong run toy --set court_list.term_years=3 objection.aware_share=0.9
  xinyong run toy --set objection.review_days@2018-01-01=5
  xinyong run toy --out runs/toy-1 --resume     after a stop

A finished folder is left alone; the same folder with another plan is refused.
"""

COMPARE = """Examples:
  xinyong run toy --out runs/a
  xinyong run toy --set court_list.term_years=3 --out runs/b
  xinyong compare runs/a runs/b
  xinyong compare runs/a runs/b --at 2016-12-31 --json

Both runs meet the same luck, so what differs comes from the rules alone.
"""

EXPERIMENT = """Examples:
  xinyong experiment demo                       three cells on the toy society
  xinyong experiment mechanisms --dry-run --json
  xinyong experiment mechanisms --out runs/m --workers 2
  xinyong experiment mechanisms --out runs/m --resume --replicates 8
  xinyong experiment my_design.yaml --cluster tcp://127.0.0.1:8786
  xinyong experiment mechanisms --graph mechanisms.svg --cut V,E

All worlds of a replicate share society and luck, so what differs comes from the rules alone.
"""

LIST = """Examples:
  xinyong list
  xinyong list scenarios
  xinyong list rules court_list
  xinyong list rules --json
"""

VALIDATE = """Examples:
  xinyong validate runs/demo
  xinyong validate runs/demo --targets my_series.csv --json

Exit code 0 whether or not the figures agree: disagreement is a finding.
"""

REPORT = """Example:
  xinyong report runs/demo
"""

SHOW = """Examples:
  xinyong show runs/demo                        somebody listed, chosen for you
  xinyong show runs/demo person P-44-0001234
  xinyong show runs/demo organisation --json
  xinyong show runs/demo desks                  objection and repair by register
  xinyong show runs/demo accounts               what the run cost, by kind of power

Every person is invented. Ids stand in episodes.parquet, column party.
"""

CLAIMS = """Examples:
  xinyong claims runs/mechanisms-1
  xinyong claims runs/mechanisms-1 --claim C6
  xinyong claims runs/mechanisms-1 runs/publicity-1 --report

Verdicts are prior-only: they say what follows from assumed values.
"""

LOOKUP = """Examples:
  xinyong lookup runs/demo P-13-0000012
  xinyong lookup runs/demo 〔合成〕甲子·一三·〇〇六〇 --site shixin
  xinyong lookup runs/demo X1001300000000243J --site gsxt --on 2016-03-01
  xinyong lookup runs/demo Jiazi-13-0060 --json

One party at a time; no wildcards. Names and codes are invented, see `xinyong show`.
"""

MAP = """Examples:
  xinyong map runs/demo
  xinyong map runs/demo --at 300,-450 --radius 800
  xinyong map runs/demo --near P-13-0000012 --on 2019-03-01 --json
  xinyong map runs/demo --svg map.svg

There is a map only where and since the rules say (Hebei, 14 January 2019).
"""

SURVEY = """Examples:
  xinyong survey runs/demo
  xinyong survey runs/demo --date 2016-12-31 --n 1000 --json
  xinyong survey runs/demo --list-experiment --treatment repression

Shares of a sample, with standard errors. Opinions are counted at the end of each quarter of whole years.
"""

RECIPE = """Examples:
  xinyong recipe my_town.yaml
  xinyong recipe age_sex.csv --json

Totals pass; a table with a row for each person is refused.
"""

NEW = """Examples:
  xinyong new institution tax_list
  xinyong new behaviour moving_house
  xinyong new city weihai
  xinyong new statistic tax_listings
"""

BASELINE = """Examples:
  xinyong baseline                              exit code 1 if a count moved
  xinyong baseline --update                     freeze; then review the diff
"""

SERVE = """Examples:
  xinyong serve                                 every run in runs/, at http://127.0.0.1:8000/
  xinyong serve runs/demo runs/other --port 8080

Read-only over the run folders. Ctrl+C stops it.
"""

COVERAGE = """Examples:
  xinyong coverage                              128 of 128, by status
  xinyong coverage --requirement R49            one of them in full
  xinyong coverage --json

From a wheel, tests and docs are "not in this installation", not dead.
"""

COVERAGE_COLUMNS = {
    "requirement": "",
    "status": "status",
    "place": "in the paper",
    "carried_by": "carried by",
    "tests": "tests",
    "conflicts": "disagreement",
    "what": "what it says",
}

MARKS = (
    "\nMarks: verified-* was read in a source; derived follows from one; fitted by a script; memory and\n"
    "project-note await a second reading; assumed was never published. Patch with --set path=value."
)

VALIDATE_COLUMNS = {
    "date": "date",
    "counter": "counter",
    "published": "published",
    "simulated": "simulated",
    "relative_error": "relative error",
    "tolerance": "tolerance",
    "within": "within",
    "held_out": "prediction",
    "reason": "remark",
}
SHOWN_COLUMNS = {
    "accounts": {"account": "account", "item": "item", "yuan": "yuan of the model, not scaled up"}
}

AUDIT = """Examples:
  xinyong run toy --out runs/a
  xinyong audit runs/a                          every metric by system, beside the world without it
  xinyong audit runs/a --quick --json
  xinyong run toy --set objection.aware_share=0.9 --out runs/b
  xinyong audit runs/a --against runs/b
  xinyong audit runs/a --html audit.html

Thresholds are normative and assumed; change them in xinyong/rights/metrics.yaml. The audit plays worlds anew and
reports sums over groups; nothing about a single person leaves it.
"""

ODD = """Examples:
  xinyong odd toy > toy-odd.md
  xinyong odd rongcheng-2013-2019 --out odd.html

Written from what processes and rules declare; a reviewer can hold it against the code.
"""
