"""The seven behaviours of model.md 2.7a, and the four classes of perceived risk they belong to."""

from xinyong.notices import Notice

DEBT, MINOR, FRAUD, PROSOCIAL, PETITION, EXPRESSION, REPORT = range(1, 8)
NAMES = {
    DEBT: "strategic non-payment", MINOR: "minor rule breach", FRAUD: "fraud or counterfeit",
    PROSOCIAL: "prosocial act", PETITION: "lawful complaint or petition", EXPRESSION: "critical expression",
    REPORT: "reporting others",
}  # fmt: skip
# classes of perceived risk: column `belief` holds one value each, in this order
RISK_CLASSES = ("debt", "minor", "fraud", "expression")
RISK_OF = {DEBT: 0, MINOR: 1, FRAUD: 2, EXPRESSION: 3}

ACT = Notice(
    "somebody acts; detected says whether an authority found out",
    {"party": "i4", "act": "u1", "detected": "u1"},
)
LEARNED = Notice(
    "somebody learns that a tied person is sanctioned; tie 0 household, 1 work, 2 neighbour, 3 acquaintance",
    {"learner": "i4", "about": "i4", "tie": "u1", "act_class": "u1", "wrong": "u1"},
)
REPORTED = Notice(
    "a person reports another to the authorities; true says whether the act happened",
    {"reporter": "i4", "party": "i4", "act": "u1", "true": "u1"},
)
