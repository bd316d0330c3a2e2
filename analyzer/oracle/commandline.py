"""The same answers from the originals' command lines, to see that reference.py uses them rightly."""

import json
import subprocess
from pathlib import Path

import compare


def run(python, tool, *arguments):
    # The scripts that pip makes, as a person calls them: `python -m` has more frames below it.
    return subprocess.run(
        [Path(python).parent / tool, *arguments], capture_output=True, text=True, check=False
    )


def radon(python, command, path):
    answered = run(python, "radon", command, "-j", path)
    value = json.loads(answered.stdout).get(str(path))
    if isinstance(value, dict) and "error" in value:
        return None, value["error"]
    return value, None


def bandit(python, path):
    answered = run(python, "bandit", "--quiet", "--format", "json", path)
    if not answered.stdout:
        return None
    report = json.loads(answered.stdout)
    counts = report["metrics"].get(str(path)) or report["metrics"]["_totals"]
    return {
        "findings": [
            {
                "test_id": issue["test_id"],
                "test_name": issue["test_name"],
                "line": issue["line_number"],
                "end_line": issue["line_range"][-1],
                "col": issue["col_offset"],
                "end_col": issue["end_col_offset"],
                "severity": issue["issue_severity"],
                "confidence": issue["issue_confidence"],
                "text": issue["issue_text"],
                "cwe": issue["issue_cwe"].get("id", 0),
            }
            for issue in report["results"]
        ],
        "loc": counts["loc"],
        "nosec": counts["nosec"],
        "skipped_tests": counts["skipped_tests"],
    }, report["errors"][0]["reason"] if report["errors"] else None


def report(python, path):
    """The report, or None where Bandit's command line itself ends in an error."""
    security = bandit(python, path)
    if security is None:
        return None
    blocks, complexity_error = radon(python, "cc", path)
    raw, raw_error = radon(python, "raw", path)
    halstead, halstead_error = radon(python, "hal", path)
    maintainability, maintainability_error = radon(python, "mi", path)
    errors = {
        "security": security[1],
        "complexity": complexity_error,
        "raw": raw_error,
        "halstead": halstead_error,
        "maintainability": maintainability_error,
    }
    return {
        **security[0],
        "byte_order_mark": False,
        "complexity": [
            {
                "type": block["type"],
                "name": block["name"],
                "class": block.get("classname"),
                "line": block["lineno"],
                "end_line": block["endline"],
                "col": block["col_offset"],
                "complexity": block["complexity"],
                "rank": block["rank"],
            }
            for block in blocks or []
        ],
        "raw": raw,
        "halstead": halstead
        and {
            "total": halstead["total"],
            "functions": [{"name": name, **figures} for name, figures in halstead["functions"].items()],
        },
        "maintainability": maintainability
        and {"index": maintainability["mi"], "rank": maintainability["rank"]},
        "errors": [
            {"analysis": analysis, "reason": reason}
            for analysis, reason in sorted(errors.items())
            if reason is not None
        ],
    }


def differences(python, path, reference):
    """What the library's answer has otherwise than the command lines."""
    printed = report(python, path)
    if printed is None:
        return
    # It sorts what it prints.
    by_complexity = sorted(reference["complexity"], key=lambda block: -block["complexity"])
    reference = {**reference, "complexity": by_complexity}
    if reference["halstead"]:
        # `radon hal -j` is keyed by name: the last function of a name stands where its first did.
        by_name = {function["name"]: function for function in reference["halstead"]["functions"]}
        reference = {**reference, "halstead": {**reference["halstead"], "functions": [*by_name.values()]}}
    yield from compare.differences(printed, reference)
