#!/usr/bin/env python3
"""Times the release build after a change in a file of `src/`: in each of a number of files, drawn by a
seed, one function gets one more statement; it is taken back, and built without being timed, before the
next one. A copy of the checkout is changed, never the checkout. What is compiled lies in
CARGO_TARGET_DIR, the libraries with what is there already."""

import argparse
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FUNCTION = re.compile(r"\n *(?:pub(?:\([a-z:in ]+\))? )?(async )?fn [a-z_0-9]+(?:<[^{]*>)?\([^{;]*\{\n")


def build(copy: Path) -> float:
    began = time.monotonic()
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=copy, check=True)
    return time.monotonic() - began


def changed(text: str, number: int) -> tuple[str, bool] | None:
    """The text with a statement more in a function that is not a test's, and whether that one is asynchronous."""
    code = text.split("#[cfg(test)]")[0]
    functions = list(FUNCTION.finditer(code))
    if not functions:
        return None
    at = random.choice(functions)
    return f"{text[: at.end()]}std::hint::black_box({number}_u32);\n{text[at.end() :]}", at[1] is not None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=20, help="how many files are changed, one after the other")
    parser.add_argument("--seed", type=int, default=1, help="draws the files and the functions")
    parser.add_argument("--bound", type=float, default=30, help="seconds that none may exceed; the exit code says so")
    arguments = parser.parse_args()
    random.seed(arguments.seed)

    root = Path(__file__).resolve().parent.parent
    tracked = subprocess.check_output(["git", "ls-files"], cwd=root, text=True).splitlines()
    os.environ.setdefault("CARGO_TARGET_DIR", str(root / "target"))
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        for name in tracked:
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            # Newer than what is compiled: that is of another folder, and nothing of it can be used again.
            shutil.copy(root / name, copy / name)
        files = [copy / name for name in tracked if re.fullmatch(r"src/.*\.rs", name) and "tests" not in name]
        print(f"- Linux on {os.cpu_count()} CPUs, load at the start {os.getloadavg()[0]:.2f}")
        print(f"- from nothing of ours compiled: {build(copy):.1f} s\n")
        print("| a statement more in | of | s |\n| --- | --- | --- |")
        took = []
        for file in random.sample(files, len(files)):
            if len(took) == arguments.changes:
                break
            before = file.read_text()
            change = changed(before, len(took))
            if change is None:
                continue
            text, is_async = change
            file.write_text(text)
            took.append(build(copy))
            file.write_text(before)
            build(copy)
            kind = "an asynchronous function" if is_async else "a function"
            print(f"| {file.relative_to(copy)} | {kind} | {took[-1]:.1f} |", flush=True)
    print(f"\nMedian {statistics.median(took):.1f} s, longest {max(took):.1f} s of {len(took)}.")
    return 2 if max(took) > arguments.bound else 0


if __name__ == "__main__":
    sys.exit(main())
