"""Being written: the guard's tables."""


def check_mapping(obj: object, where: str) -> None:
    """Check a mapping (placeholder of the first commit)."""


def check_table(table: object, purpose: str) -> None:
    """Check a table (placeholder of the first commit)."""
