"""What the run costs in rights, by system, beside the world it is held against."""

from xinyong.i18n import N_
from xinyong.report.audit import parts
from xinyong.report.html import Markup, heading, join, prose
from xinyong.report.page import Context, Page


def body(c: Context) -> Markup:
    """Write the audit that was played for this report, or say how to have it."""
    t = c.words
    if c.beside is None:
        return prose(
            t(
                "Metrics of rights by system (false entries, correction, equal treatment, harm to others, unrelated "
                "contexts, exposure, chilling, the way back) need worlds to be played beside this one: see the command "
                "xinyong audit, or write this report anew with --against."
            )
        )
    return join([join([heading(title), text]) for title, text in parts(t, c.beside.audit)])


PAGE = Page(91, "audit", N_("Rights audit"), (), body)
