"""The report: one file, no network, two complete languages, the same bytes every time."""

import ast
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from tests.fake_run import fake_run
from xinyong.i18n import Words, catalogue, parse_po
from xinyong.lab.published import published
from xinyong.lab.results import open_run
from xinyong.report import write_report
from xinyong.report.html import Markup, cited, join
from xinyong.report.names import MARKS, PROCESSES, mark, process, rule_file
from xinyong.report.page import editions, pages, render

ROOT = Path(__file__).parents[1] / "xinyong"
VOID = {"meta", "input", "br", "link", "img", "hr", "path", "use", "rect", "circle"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fake_run(tmp_path_factory.mktemp("runs") / "a", replicates=2)


@pytest.fixture(scope="module")
def html(folder: Path) -> str:
    return write_report(folder).read_text(encoding="utf-8")


class Reader(HTMLParser):
    """Check that tags close, and collect ids and addresses."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.faults: list[str] = []
        self.svgs: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.addresses += [found[name] or "" for name in ("src", "href") if name in found]
        if tag == "svg":
            self.svgs.append(found)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


@pytest.fixture(scope="module")
def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def test_the_file_asks_for_nothing_from_outside(html: str, read: Reader) -> None:
    assert read.addresses and all(address.startswith("#") for address in read.addresses)
    assert not re.search(r"url\((?!#)|@import|<link|<img|<iframe|fetch\(|XMLHttp", html)
    assert len(html.encode()) < 3_000_000


def test_tags_close_and_ids_are_used_once(read: Reader) -> None:
    assert read.faults == [] and read.open == []
    assert len(read.ids) == len(set(read.ids))
    assert {a[1:] for a in read.addresses} <= set(read.ids)


def test_every_drawing_has_words(html: str, read: Reader) -> None:
    assert len(read.svgs) >= 2 * 9
    for svg in read.svgs:
        names = (svg["aria-labelledby"] or "").split()
        assert svg["role"] == "img" and len(names) == 2 and set(names) <= set(read.ids)
    assert html.count("<figure") == html.count("</details></figure>")


def test_the_same_run_gives_the_same_bytes(folder: Path, html: str) -> None:
    assert render(open_run(folder)) == html


def test_both_languages_have_every_section(folder: Path) -> None:
    english, chinese = editions(open_run(folder))
    assert len(english.sections) == len(chinese.sections) == len(pages())
    assert chinese.words.missing == set()
    assert all(
        title != other
        for (_, title, _), (_, other, _) in zip(english.sections, chinese.sections, strict=True)
    )


def marked_texts() -> list[str]:
    """Every text marked for translation in the report, its template, and the reasons for setting figures aside."""
    texts = []
    for file in sorted((ROOT / "report").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id in ("t", "N_") and isinstance(node.args[0], ast.Constant):
                texts.append(str(node.args[0].value))
    template = "".join((ROOT / "templates" / n).read_text() for n in ("report.html", "experiment.html"))
    texts += [a or b for a, b in re.findall(r"""\bt\((?:"([^"]+)"|'([^']+)')\)""", template)]
    marks = yaml.safe_load((ROOT / "targets" / "targets.yaml").read_text(encoding="utf-8"))
    return texts + [row["reason"] for row in marks["rows"] if row.get("reason")]


def test_every_text_is_translated() -> None:
    missing = sorted(set(marked_texts()) - set(catalogue("zh-Hant")))
    assert missing == [], "add these to locale/zh_Hant/xinyong.po"


def test_translations_keep_the_gaps_of_their_texts() -> None:
    for text, found in catalogue("zh-Hant").items():
        assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", found)), text


def test_the_catalogue_is_read_as_gettext_reads_it() -> None:
    polib = pytest.importorskip("polib")
    file = ROOT / "locale" / "zh_Hant" / "xinyong.po"
    assert {entry.msgid: entry.msgstr for entry in polib.pofile(str(file))} == catalogue("zh-Hant")
    assert parse_po('msgid ""\n"a "\n"b"\nmsgstr "c\\"d"\n\n#, fuzzy\nmsgid "x"\nmsgstr "y"\n') == {
        "a b": 'c"d'
    }
    assert Words("fr")("not translated") == "not translated"


def test_numbers_are_written_with_their_units() -> None:
    english, chinese = Words("en"), Words("zh-Hant")
    assert english.count(14_090_000) == "14.09\u2009M" and chinese.count(14_090_000) == "1,409\u2009萬"
    assert english.count(280_000) == "280,000" and chinese.count(280_000) == "28\u2009萬"
    assert chinese.count(1.4e9) == "14\u2009億" and english.count(None) == "–"
    assert (
        english.percent(-0.05, sign=True) == "−5.0\u2009%" and english.percent(0.0, sign=True) == "0\u2009%"
    )
    assert chinese.percent(0.3, sign=True) == "+30%"


PAPER = {
    "14.09\u2009M": "1,409\u2009萬", "25.04\u2009M": "2,504\u2009萬", "5.87\u2009M": "587\u2009萬",
    "4.22\u2009M": "422\u2009萬", "11.23\u2009M": "1,123\u2009萬", "12.22\u2009M": "1,222\u2009萬",
    "4.58\u2009M": "458\u2009萬", "280,000": "28\u2009萬", "2.8\u2009M": "280\u2009萬",
}  # fmt: skip


def test_every_number_of_the_paper_stands_beside_its_source(html: str) -> None:
    rows = re.findall(r"<tr[^>]*>.*?</tr>", html, flags=re.S)
    for english, chinese in PAPER.items():
        for number in (english, chinese):
            cell = f'<td class="n">{number}</td>'
            assert any(cell in row and "阮功松" in row for row in rows), number
    assert "ARTIc4xKR4RvkHLWpEpxhuLZ190617" in html and "c_129910759" in html


def test_it_says_that_nobody_is_real_and_that_may_2019_is_no_target(html: str) -> None:
    assert "Every person in this report is invented." in html and "本報告中的每一個人都是虛構的。" in html
    assert "a prediction, never a target" in html and "SYNTHETIC" in html


def test_conflicts_are_complete_in_both_languages(html: str) -> None:
    data = yaml.safe_load((ROOT / "report" / "conflicts.yaml").read_text(encoding="utf-8"))
    assert [row["id"] for row in data["conflicts"]] == [f"X{n}" for n in range(1, 10)]
    texts = [row[part] for row in data["conflicts"] for part in ("paper", "evidence", "here")]
    texts += data["overturn"] + data["limits"]
    assert all(text["en"] and re.search(r"[\u4e00-\u9fff]", text["zh"]) for text in texts)
    assert all(f">{row['id']}<" in html for row in data["conflicts"])


def test_one_replicate_has_no_band_and_says_so(tmp_path: Path) -> None:
    page = render(open_run(fake_run(tmp_path / "one", replicates=1, grades=False)))
    assert "there is no band" in page and 'id="points-en"' not in page


def test_names_from_outside_are_only_text(tmp_path: Path) -> None:
    folder = fake_run(tmp_path / "odd", replicates=1, weeks=200)
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    text = text.replace("fake-2012-2019", "<script>alert(1)</script>")
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    assert "<script>alert" not in render(open_run(folder))


def test_html_stays_html_and_text_is_escaped() -> None:
    assert Markup("<b>{}</b>").format("<i>") == "<b>&lt;i&gt;</b>"
    assert Markup("<b>{}</b>").format(Markup("<i>")) == "<b><i></b>"
    assert Markup("<br>") + "a&b" == "<br>a&amp;b" and join(["<", Markup("<")]) == "&lt;<"


def test_every_process_rule_file_and_mark_has_a_word_in_both_languages() -> None:
    names = {p.stem for kind in ("behaviours", "institutions") for p in (ROOT / kind).glob("[a-z]*.py")}
    assert set(PROCESSES) == names
    marks = {line.confidence for line in published()}
    assert marks <= set(MARKS)
    for words in (Words("en"), Words("zh-Hant")):
        assert process(words, "my_own") == "my_own"
        assert rule_file(words, "flows").endswith("(flows)")
        told = [process(words, name) for name in names] + [mark(words, name) for name in marks]
        assert len(told) == len(set(told)) and not any("_" in word for word in told)
        assert words.missing == set()


def test_sources_name_no_file_that_a_reader_cannot_open(html: str) -> None:
    assert cited("model.md T1/T2/T4 (caifu60580.cn)") == "the model note (caifu60580.cn)"
    assert (
        cited("Varied from 0 to 1 (model.md 2.8, red.benefit).")
        == "Varied from 0 to 1 (the model note, red.benefit)."
    )
    assert cited("model.md 2.7k names it") == "the model note names it"
    assert "model.md" not in html


def test_no_two_pages_claim_the_same_place() -> None:
    places = [page.order for page in pages()]
    assert len(places) == len(set(places))


def test_an_assumption_names_the_claims_that_hang_on_it(html: str) -> None:
    from xinyong.lab.assumptions import claims_of, ranges
    from xinyong.lab.claims.claims import load_claims

    assert "C1" in claims_of("believing.stranger_weight") and claims_of("ability.shock_per_year") == ()
    assert ranges()["court_list.notice_days"] == (0, 365)
    for claim in load_claims().claims.values():
        assert claim.overturn.en in unescape(html) and claim.overturn.zh in html
