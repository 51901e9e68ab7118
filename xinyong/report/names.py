"""What processes, rule files and marks of evidence are called in a report."""

from xinyong.i18n import N_, Words

PROCESSES = {
    "ability": N_("ability to pay"),
    "accounts": N_("accounts of cost"),
    "acting": N_("choices under expected sanctions"),
    "applying": N_("applications"),
    "believing": N_("expected sanctions and how they are learnt"),
    "black_lists": N_("black lists"),
    "borrowing": N_("borrowing"),
    "central_bank": N_("the central bank's files"),
    "city_departments": N_("city departments"),
    "city_lists": N_("cities' lists"),
    "city_points": N_("city points"),
    "commercial_score": N_("commercial score"),
    "complying": N_("complying"),
    "court_list": N_("the court's list"),
    "courts": N_("courts"),
    "debtor_map": N_("map of debtors"),
    "deeds": N_("deeds"),
    "facing": N_("loss of face"),
    "firms": N_("firms"),
    "grieving": N_("grievances"),
    "guizhou_exchange": N_("Guizhou's exchange"),
    "joint_measures": N_("joint measures"),
    "knowing": N_("who knows of a listing"),
    "marketplace": N_("market platform"),
    "objection": N_("objection"),
    "offending": N_("offences"),
    "opining": N_("opinion of the system"),
    "perks": N_("perks of a score"),
    "protesting": N_("protest and petition"),
    "public_portal": N_("public sites"),
    "red_lists": N_("red lists"),
    "redress": N_("objection and repair"),
    "repaying": N_("repaying"),
    "reporting": N_("reports by others"),
    "sharing_platform": N_("sharing platform"),
    "shut_out": N_("refusals by other lists"),
    "state_response": N_("answers to protest"),
    "suing": N_("suing"),
    "wants": N_("wishes and refusals"),
}
RULE_FILES = {
    "cities": N_("cities' schemes"),
    "flows": N_("flows of data"),
    "integration": N_("integration of the three systems"),
    "platform_nodes": N_("members of the platform"),
    "recipe": N_("the population"),
    "traits": N_("traits of persons"),
}
MARKS = {
    "verified-paper": N_("read in the paper"),
    "verified-excerpt": N_("read in an excerpt"),
    "verified-low-quality": N_("read, low quality"),
    "project-note": N_("a note of this project"),
    "memory": N_("from memory"),
}


def process(words: Words, name: str) -> str:
    """Name a process; one of the user's own keeps its name."""
    return words(PROCESSES[name]) if name in PROCESSES else name


def rule_file(words: Words, name: str) -> str:
    """Name a rule file, with the word its paths begin with."""
    found = {**PROCESSES, **RULE_FILES}.get(name)
    return f"{words(found)} ({name})" if found else name


def mark(words: Words, name: str) -> str:
    """Say how well a published figure is known; an unknown mark is shown as it is."""
    return words(MARKS[name]) if name in MARKS else name
