"""Bandit's and Radon's answers to single files, as their command lines give them, from one warm process.

Reads paths, one a line, and writes for each one line of JSON in the shape of the engine's
`FileReport`, so that the two can be compared field by field. Runs in an environment that has
Bandit and Radon; nothing else of the check does.
"""

import codecs
import contextlib
import json
import os
import sys
import time

from bandit.cli.main import _init_logger
from bandit.core.config import BanditConfig
from bandit.core.extension_loader import MANAGER
from bandit.core.manager import BanditManager
from bandit.core.metrics import Metrics
from radon.cli import Config
from radon.cli.harvest import CCHarvester, HCHarvester, MIHarvester, RawHarvester
from radon.cli.tools import cc_to_dict

# How many frames stand above `BanditManager.run_tests` when the script `bandit` calls it, and
# above `Harvester.as_json` when the script `radon` does. Deep sources end in a RecursionError,
# and how deep they may be depends on it.
BANDIT_FRAMES = 2
RADON_FRAMES = 6


@contextlib.contextmanager
def frames_above(expected):
    """Sets the recursion limit as if the caller's caller had `expected` frames down to itself."""
    frame, depth = sys._getframe(2), 0
    while frame:
        frame, depth = frame.f_back, depth + 1
    sys.setrecursionlimit(1000 + depth - expected)
    try:
        yield
    finally:
        sys.setrecursionlimit(1000)


class Bandit:
    """`bandit -f json FILE` with the default configuration."""

    def __init__(self):
        # With its own logger, because Bandit logs where an error is swallowed, and there, deep
        # in a tree, even logging may be one frame too many.
        _init_logger()
        self.manager = BanditManager(BanditConfig(), "file")

    def scan(self, path):
        manager = self.manager
        manager.results, manager.skipped, manager.scores = [], [], []
        manager.metrics = Metrics()
        manager.files_list = [path]
        with frames_above(BANDIT_FRAMES):
            manager.run_tests()
        counts = manager.metrics.data.get(path, {})
        return {
            "findings": [finding(issue) for issue in manager.get_issue_list("UNDEFINED", "UNDEFINED")],
            "loc": counts.get("loc", 0),
            "nosec": counts.get("nosec", 0),
            "skipped_tests": counts.get("skipped_tests", 0),
            "error": manager.skipped[0][1] if manager.skipped else None,
        }


def finding(issue):
    return {
        "test_id": issue.test_id,
        "test_name": issue.test,
        "line": issue.lineno,
        "end_line": issue.linerange[-1],
        "col": issue.col_offset,
        "end_col": issue.end_col_offset,
        "severity": issue.severity,
        "confidence": issue.confidence,
        "text": issue.text,
        "cwe": issue.cwe.id,
    }


RADON_CONFIG = Config(
    min="A",
    max="F",
    exclude=None,
    ignore=None,
    # As they are found. `radon cc` prints them by complexity, which says less.
    order=lambda found: 0,
    no_assert=False,
    show_closures=False,
    by_function=False,
    multi=True,
    sort=False,
    include_ipynb=False,
    ipynb_cells=False,
)


def harvest(harvester_type, path):
    """What `radon … -j FILE` prints, before it is printed: the value and the error."""
    harvester = harvester_type([path], RADON_CONFIG)
    with frames_above(RADON_FRAMES):
        harvester.as_json()
    [(_, value)] = harvester._results
    if isinstance(value, dict) and "error" in value:
        return None, value["error"]
    return value, None


def block(found):
    as_dict = cc_to_dict(found)
    return {
        "type": as_dict["type"],
        "name": as_dict["name"],
        "class": as_dict.get("classname"),
        "line": as_dict["lineno"],
        "end_line": as_dict["endline"],
        "col": as_dict["col_offset"],
        "complexity": as_dict["complexity"],
        "rank": as_dict["rank"],
    }


def radon(path):
    blocks, complexity_error = harvest(CCHarvester, path)
    raw, raw_error = harvest(RawHarvester, path)
    halstead, halstead_error = harvest(HCHarvester, path)
    maintainability, maintainability_error = harvest(MIHarvester, path)
    return {
        "complexity": [block(found) for found in blocks or []],
        "raw": raw,
        "halstead": halstead
        and {
            "total": halstead.total._asdict(),
            "functions": [{"name": name, **figures._asdict()} for name, figures in halstead.functions],
        },
        "maintainability": maintainability
        and {"index": maintainability["mi"], "rank": maintainability["rank"]},
    }, {
        "complexity": complexity_error,
        "raw": raw_error,
        "halstead": halstead_error,
        "maintainability": maintainability_error,
    }


def report(bandit, path):
    started = time.process_time()
    security = bandit.scan(path)
    scanned = time.process_time()
    quality, errors = radon(path)
    measured = time.process_time()
    errors["security"] = security.pop("error")
    with open(path, "rb") as source:
        byte_order_mark = source.read(3) == codecs.BOM_UTF8
    return {
        "path": path,
        "byte_order_mark": byte_order_mark,
        **security,
        **quality,
        "errors": [
            {"analysis": analysis, "reason": reason}
            for analysis, reason in sorted(errors.items())
            if reason is not None
        ],
        "seconds": {"bandit": scanned - started, "radon": measured - scanned},
    }


def default_checks():
    """The ids of the checks that Bandit runs when it is told nothing."""
    plugins = [plugin.plugin._test_id for plugin in MANAGER.plugins]
    listed = [entry["id"] for entries in MANAGER.blacklist.values() for entry in entries]
    return sorted(set(plugins + listed))


def main():
    if sys.argv[1:] == ["--checks"]:
        print(*default_checks())
        return
    # What the tools say on the way is for a person at a terminal.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    sys.stdout = sys.stderr = open(os.devnull, "w")
    bandit = Bandit()
    for line in sys.stdin:
        answers.write(json.dumps(report(bandit, line.rstrip("\n"))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
