"""Where the numbers come from, how to get them again, and how to cite them."""

from xinyong.i18n import N_, NDASH
from xinyong.report.html import Markup, facts, heading, join, prose, sources
from xinyong.report.page import Context, Page

PAPER = "阮功松（Cong-Tung Nguyen），〈管理社會新模式：中國社會信用體系之建構與運作〉，2019"
CCTV = "《中國央視》2019-06-17, http://news.cctv.com/2019/06/17/ARTIc4xKR4RvkHLWpEpxhuLZ190617.shtml"
XINHUA = "《新華網》2018-07-10, http://www.xinhuanet.com/legal/2018-07/10/c_129910759.htm"


def body(c: Context) -> Markup:
    """Write origin, repetition and citation."""
    t, m = c.words, c.manifest
    code = Markup("<code>{}</code>")
    keys = (
        (t("Version"), "version"),
        (t("Commit"), "commit"),
        (t("Seed"), "seed"),
        (t("Scenario hash"), "scenario_hash"),
        (t("Hash of the rule book"), "rulebook_hash"),
        (t("Hash of the final state"), "state_hash"),
        (t("Format of the tables"), "format"),
        (t("Threads"), "threads"),
        (t("Platform"), "platform"),
    )
    return join(
        [
            prose(
                t(
                    "The same version, scenario, rule book and seed give the same tables to the "
                    "last bit, on any number of threads."
                )
            ),
            facts([(name, code.format(m.get(key, NDASH) or NDASH)) for name, key in keys]),
            prose(t("To play it again:")),
            Markup("<pre>{}</pre>").format(m.get("command") or NDASH),
            heading(t("Sources of the paper's figures")),
            sources(
                [(t("The paper"), PAPER), (t("31 May 2019"), CCTV), (t("30 June 2018, footnote 71"), XINHUA)]
            ),
            heading(t("How to cite")),
            Markup("<pre>{}</pre>").format(_citation(c)),
        ]
    )


def _citation(c: Context) -> str:
    """Write a citation of this run."""
    m = c.manifest
    return (
        f"@software{{xinyong,\n  title   = {{xinyong: a laboratory over a synthetic society}},\n"
        f"  author  = {{{{The xinyong authors}}}},\n  version = {{{m.get('version', '')}}},\n"
        f"  note    = {{Run of scenario {m.get('scenario', '')}, seed {m.get('seed', '')}, "
        f"{c.run.replicates} replicate(s), rule book {m.get('rulebook_hash', '')}, "
        f"state {m.get('state_hash', '')}. Every person is invented.}}\n}}"
    )


PAGE = Page(120, "provenance", N_("Provenance and citation"), (), body)
