"""Make a drawing fit to stand in a page: ids that do not clash, colours of the page, words for it."""

import re
from html import escape

# Stand-ins that the page's style sheet gives their meaning, in light, in dark and in print.
INK, ACCENT, SOFT, RULE, PAPER = "#010203", "#020304", "#030405", "#040506", "#050607"
_NAMES = {INK: "ink", ACCENT: "accent", SOFT: "soft", RULE: "rule", PAPER: "paper"}


def inline(raw: str, key: str, title: str, description: str) -> str:
    """Clean a drawing written by matplotlib and give it a title and a description."""
    body = raw[raw.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.S)
    body = re.sub(r"<style.*?</style>", "", body, flags=re.S)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.S)
    body = re.sub(r'<g id="[^"]*"', "<g", body)
    body = re.sub(r'(<(?:path|use|clipPath)[^>]*? id=")', rf"\1{key}-", body)
    body = body.replace("url(#", f"url(#{key}-").replace('xlink:href="#', f'href="#{key}-')
    body = re.sub(r"'[^';\"]*'(?:, *(?:'[^']*'|[\w-]+))*", "var(--sans)", body)
    for colour, name in _NAMES.items():
        body = body.replace(colour, f"var(--{name})")
    body = re.sub(r">\s+<", "><", body).strip()
    box = re.search(r'viewBox="([^"]+)"', body)
    inside = body[body.index(">", body.index("<svg")) + 1 :]
    return frame(inside.removesuffix("</svg>"), box.group(1) if box else "0 0 1 1", key, title, description)


def frame(inside: str, box: str, key: str, title: str, description: str) -> str:
    """Put a drawing into a frame that a screen reader can announce."""
    return (
        f'<svg viewBox="{box}" role="img" aria-labelledby="{key}-t {key}-d">'
        f'<title id="{key}-t">{escape(title)}</title><desc id="{key}-d">{escape(description)}</desc>'
        f"{inside}</svg>"
    )
