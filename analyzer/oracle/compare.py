"""Where two reports of one file differ, figure by figure."""

import difflib
import math
import re

# Bandit prints a node of its tree into B202's text, and with it where in memory the node lay.
ADDRESS = re.compile(r" at 0x[0-9a-f]+>")
# Half a surrogate pair has no form in UTF-8: the engine writes U+FFFD, Bandit's command line dies.
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def differences(reference, engine):
    """Pairs of a figure's name and what is said of it, reference first.

    Where an analysis failed on one side, that alone is said of it.
    """
    yield from analyses(reference["errors"], engine["errors"])
    failed = {error["analysis"] for error in reference["errors"] + engine["errors"]}
    yield from values("loc", reference["loc"], engine["loc"])
    if "security" not in failed:
        for name in ("nosec", "skipped_tests"):
            yield from values(name, reference[name], engine[name])
        yield from rows(
            reference["findings"],
            engine["findings"],
            key=lambda row: (row["test_id"], row["line"], row["col"]),
            name=lambda row: row["test_id"],
        )
    if "complexity" not in failed:
        yield from rows(
            reference["complexity"],
            engine["complexity"],
            key=lambda row: (row["class"], row["name"], row["line"]),
            name=lambda row: "complexity of a " + row["type"],
        )
    if "raw" not in failed:
        marked = " after a byte order mark" if reference["byte_order_mark"] else ""
        yield from figures("raw" + marked, reference["raw"], engine["raw"])
    if "maintainability" not in failed:
        yield from figures("maintainability", reference["maintainability"], engine["maintainability"])
    if "halstead" not in failed:
        yield from figures("halstead.total", reference["halstead"]["total"], engine["halstead"]["total"])
        yield from rows(
            reference["halstead"]["functions"],
            engine["halstead"]["functions"],
            key=lambda row: row["name"],
            name=lambda row: "halstead of a function",
        )


def analyses(reference, engine):
    """The analyses that gave nothing. Each tool has its own words for why."""
    expected = {error["analysis"] for error in reference}
    actual = {error["analysis"] for error in engine}
    for analysis in sorted(expected - actual):
        [reason] = [error["reason"] for error in reference if error["analysis"] == analysis]
        yield f"{analysis} fails", f"reference: {reason}; engine: an answer"
    for analysis in sorted(actual - expected):
        reason = next(error["reason"] for error in engine if error["analysis"] == analysis)
        yield f"{analysis} fails", f"reference: an answer; engine: {reason}"


def values(name, expected, actual):
    if isinstance(expected, str) and isinstance(actual, str):
        expected = LONE_SURROGATE.sub("\ufffd", ADDRESS.sub(">", expected))
        actual = ADDRESS.sub(">", actual)
    if isinstance(expected, float) or isinstance(actual, float):
        same = isinstance(actual, (int, float)) and math.isclose(expected, actual, rel_tol=1e-9)
    else:
        same = expected == actual
    if not same:
        yield name, f"reference: {expected!r}; engine: {actual!r}"


def figures(name, expected, actual):
    for field in expected:
        yield from values(f"{name}.{field}", expected[field], actual.get(field))


def rows(expected, actual, key, name):
    """Two lists whose order counts: rows that are missing, that are too many, or that differ."""
    matcher = difflib.SequenceMatcher(
        None, [key(row) for row in expected], [key(row) for row in actual], autojunk=False
    )
    for operation, i, j, k, l in matcher.get_opcodes():
        if operation == "equal" or (operation == "replace" and j - i == l - k):
            for one, other in zip(expected[i:j], actual[k:l]):
                if name(one) != name(other):
                    yield name(one), f"reference: {one}; engine: {other}"
                    continue
                for field in one:
                    for _, what in values(field, one[field], other.get(field)):
                        yield f"{name(one)}.{field}", f"line {one.get('line', one.get('name'))}: {what}"
        else:
            for row in expected[i:j]:
                yield f"{name(row)} missing", f"reference: {row}"
            for row in actual[k:l]:
                yield f"{name(row)} too many", f"engine: {row}"
