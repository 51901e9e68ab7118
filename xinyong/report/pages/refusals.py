"""What became of the wishes of those who were barred, activity by activity."""

from xinyong.i18n import N_
from xinyong.report.charts import Label, shares
from xinyong.report.html import Cell, Grid, Markup, figure, join, legend, note, prose
from xinyong.report.page import Context, Page
from xinyong.report.svg import ACCENT, INK

ACTIVITIES = {
    "air": N_("flights"),
    "high_speed_rail": N_("high-speed rail"),
    "executive_post": N_("executive posts"),
    "property": N_("buying property"),
    "hotel_golf": N_("hotels and golf"),
    "group_tour": N_("group tours"),
    "private_school": N_("private schools"),
    "insurance": N_("insurance with cash value"),
    "exit": N_("leaving the country"),
}
WAYS = (
    ("refused", N_("refused"), (ACCENT, 0.9)),
    ("bought", N_("got through an unchecked channel"), (INK, 0.5)),
    ("avoided", N_("not tried"), (INK, 0.16)),
)


def body(c: Context) -> Markup:
    """Draw how wishes split."""
    t = c.words
    rows, lines = [], []
    for key, name in ACTIVITIES.items():
        if not c.run.has(f"{key}_wanted_cum", *(f"{key}_{way}_cum" for way, _, _ in WAYS)):
            continue
        wanted = float(c.run.last(f"{key}_wanted_cum").mean())
        parts = [float(c.run.last(f"{key}_{way}_cum").mean()) for way, _, _ in WAYS]
        if wanted:
            rows.append((t(name), [part / wanted for part in parts], t.count(wanted)))
        lines.append(_line(c, key, t(name), wanted, parts))
    title = t("What became of the wishes of barred persons")
    label = Label(c.key("refusals"), title, t("Each bar is all wishes for one activity, split in three."))
    heads = [t("Activity"), t("Wishes"), *(t(name) for _, name, _ in WAYS), t("Attempts refused (人次)")]
    caption = Markup("<b>{}</b> {}").format(
        title, t("occasions; the figure behind a bar is the number of wishes")
    )
    drawing = shares(label, rows, [tint for _, _, tint in WAYS], t)
    signs = legend([(f"s-{way}", t(name)) for way, name, _ in WAYS])
    return join(
        [
            prose(
                t(
                    "A barred person who wants something has three ways: not to try, to find a "
                    "channel that does not check, or to be refused. Official counters see only the "
                    "last, and count every attempt."
                )
            ),
            signs,
            figure(drawing, caption, Grid(heads, lines, numbers=(1, 2, 3, 4, 5)), t("Numbers"), wide=True),
            note(
                t(
                    "Only the product of wish, attempt, coverage and repetition shows in published "
                    "counters; its factors are assumptions (see the table of assumed values)."
                )
            ),
        ]
    )


def _line(c: Context, key: str, name: str, wanted: float, parts: list[float]) -> list[Cell]:
    """Write one activity."""
    t = c.words
    measure = f"{key}_refused_attempts_cum"
    attempts = float(c.run.last(measure).mean()) if c.run.has(measure) else None
    return [name, t.count(wanted), *(t.count(part) for part in parts), t.count(attempts)]


PAGE = Page(70, "refusals", N_("Refusals by activity"), ("air_wanted_cum",), body)
