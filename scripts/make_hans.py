"""Make Simplified Chinese from the Traditional catalogue and data by OpenCC (t2s: characters, no change of terms)."""

import re
from pathlib import Path

from opencc import OpenCC

from xinyong.i18n import parse_po

PACKAGE = Path(__file__).parents[1] / "xinyong"
FOLDER = PACKAGE / "locale" / "zh_Hans"
HEAD = """# Simplified Chinese for xinyong, made from zh_Hant by `make reference` (OpenCC, t2s). Do not edit.
msgid ""
msgstr ""
"Project-Id-Version: xinyong\\n"
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""
TEXTS = ("*.po", "*.yaml", "*.csv", "*.py", "*.html")


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def catalogue(converter: OpenCC) -> str:
    entries = parse_po((PACKAGE / "locale" / "zh_Hant" / "xinyong.po").read_text(encoding="utf-8"))
    lines = [
        f"msgid {quoted(source)}\nmsgstr {quoted(converter.convert(target))}\n"
        for source, target in entries.items()
    ]
    return HEAD + "\n" + "\n".join(lines)


def characters(converter: OpenCC) -> str:
    """Every Chinese character of the package that looks otherwise in simplified writing."""
    files = [path for pattern in TEXTS for path in PACKAGE.rglob(pattern) if "zh_Hans" not in path.parts]
    used = sorted(set(re.findall(r"[\u3400-\u9fff]", "".join(f.read_text(encoding="utf-8") for f in files))))
    pairs = [(one, converter.convert(one)) for one in used]
    lines = [f"{old} {new}" for old, new in pairs if old != new and len(new) == 1]
    return "# traditional, simplified; made by `make reference` from OpenCC (t2s)\n" + "\n".join(lines) + "\n"


def main() -> None:
    converter = OpenCC("t2s")
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "xinyong.po").write_text(catalogue(converter), encoding="utf-8", newline="\n")
    (FOLDER / "characters.txt").write_text(characters(converter), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
