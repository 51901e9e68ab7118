"""Every number in the rule book does something: a rule that nothing reads would be a promise, not a rule."""

import functools

from xinyong.rulebook import RuleBook, Rules

# Read as a list of its own by the platform's table of memoranda, or shown and explained but carried by later issues.
READ_ELSEWHERE = (
    # read by the behaviours of issue 4
    "traits.",
    "joint_measures.memoranda.",
    "joint_measures.members.",
    "joint_measures.information_checks.",
    # named for the reader: which data a firm holds
    "firms.data_classes.",
    "joint_measures.conference_slots",
    # what the look-up of a run may show (`xinyong.lab.lookup`); the society's own look-ups ask for listings only
    "public_portal.sites.",
    "public_portal.codes.",
)


class Watched:
    """Rules that remember which of them were asked for."""

    seen: set[str]

    def __init__(self, rules: Rules, seen: set[str]) -> None:
        self._rules, self._seen = rules, seen

    def __getattr__(self, name):
        found = getattr(self._rules, name)
        if callable(found):
            return lambda: tuple(watched(row, self._seen) for row in found())
        self._seen.add(f"{self._rules._path}.{name}".lstrip("."))
        return watched(found, self._seen) if isinstance(found, Rules) else found


def watched(rules, seen):
    known = seen.__dict__.setdefault("wrapped", {})
    return known.setdefault(id(rules), Watched(rules, seen))


class Seen(set):
    """A set that can also keep the wrapped rules alive."""


def test_every_rule_is_read_by_some_process(monkeypatch):
    from tests.worlds import people_of, plan_of, play
    from xinyong.assembly import known_processes

    seen = Seen()
    kept = []

    @functools.cache
    def on(book, date):
        rules = original(book, date)
        kept.append(rules)
        return watched(rules, seen)

    original = RuleBook.on
    monkeypatch.setattr(RuleBook, "on", on)
    sets = {"suing.sued_share": 1.0, "courts.listing_practice_share": 1.0, "objection.aware_share": 1.0}
    sets |= {"objection.files_if_right_share": 1.0, "objection.reconsiders_share": 1.0}
    sets |= {"protesting.protests_per_active_year": 1.0}
    sets |= {"debtor_map.provinces.hebei.shard": 900, "debtor_map.scans_per_user_year": 10}
    every = tuple(known_processes())
    for preset in ("paper", "standard_2019", "all_sectors"):
        plan = plan_of({**sets, "cities.rongcheng.preset": preset}, processes=every)
        play(plan, people_of(persons=3000))
    monkeypatch.undo()
    unread = {
        leaf.path
        for leaf in RuleBook.load().leaves()
        if leaf.path not in seen and not leaf.path.startswith(READ_ELSEWHERE) and leaf.row is None
    }
    assert not unread, f"nobody reads {sorted(unread)}: use them or take them out"
