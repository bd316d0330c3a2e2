"""Compares the engine with Bandit and Radon, file by file and figure by figure.

Called by `run`, which has made the environment and built the engine.
"""

import argparse
import collections
import hashlib
import subprocess
import sys
from pathlib import Path

import commandline
import compare
import corpus
import engine
import known
import mutate
import oddities
import pool

HERE = Path(__file__).parent
AT_LEAST = 2000
SHOWN_OF_A_FIGURE = 5
# A process of Bandit and four of Radon for each.
OF_COMMAND_LINE = 16


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", required=True, help="the built example `reports`")
    parser.add_argument("--work", required=True, type=Path, help="where packages and made files are kept")
    parser.add_argument("--mutants", type=int, default=400, help="how many mutated files to add")
    parser.add_argument("--seed", type=int, default=1, help="of the mutants")
    parser.add_argument("--per-package", type=int, default=corpus.PER_PACKAGE)
    parser.add_argument("--seconds", type=float, default=60, help="the originals' limit for one file")
    parser.add_argument("--only", nargs="*", help="compare these files alone, whatever they are")
    return parser.parse_args()


def sources(options):
    """Pairs of a file's name, as known.toml and the output have it, and its path."""
    if options.only:
        return [(name, Path(name)) for name in options.only]
    packages = options.work / "packages"
    corpus.fetch(sys.executable, packages)
    real = [(f"corpus/{name}", packages / name) for name in corpus.files(packages, options.per_package)]
    examples = [(f"examples/{path.name}", path) for path in sorted((HERE / "examples").glob("*.py"))]
    odd = [(f"oddities/{path.name}", path) for path in oddities.write(options.work / "oddities")]
    made = mutate.write(real + examples + odd, options.work / "mutants", options.mutants, options.seed)
    print(f"{len(real)} real files, {len(examples)} examples, {len(odd)} oddities, {len(made)} mutants", flush=True)
    if len(real) < AT_LEAST:
        sys.exit(f"{corpus.LIST.name} gives {len(real)} real files; at least {AT_LEAST} are wanted")
    return real + examples + odd + [(f"mutants/{path.name}", path) for path in made]


def unfired(references):
    """Bandit's default checks that fired in no file, and examples in which theirs did not."""
    listed = subprocess.run(
        [sys.executable, HERE / "reference.py", "--checks"], capture_output=True, text=True, check=True
    )
    fired = collections.defaultdict(set)
    for name, report in references.items():
        for finding in report["findings"]:
            fired[finding["test_id"]].add(name)
    for check in listed.stdout.split():
        if not fired[check]:
            yield f"{check} fires in no file"
        examples = [name for name in references if name.partition("/")[2].startswith(f"{check}_")]
        if not fired[check].intersection(examples):
            yield f"no example of {check} in which it fires"


def misused(references, paths):
    """Where the originals' libraries, as used here, say what their command lines do not."""
    names = sorted(references, key=lambda name: hashlib.sha256(name.encode()).digest())
    for name in names[:OF_COMMAND_LINE]:
        for figure, what in commandline.differences(sys.executable, paths[name], references[name]):
            yield f"reference.py differs from the command line: {name}: {figure}: {what}"


def report(found, allowed):
    """Prints the differences by figure, a few of each."""
    by_figure = collections.defaultdict(list)
    for name, figure, what in found:
        by_figure[figure].append((name, what))
    for figure, places in sorted(by_figure.items(), key=lambda item: (-len(item[1]), item[0])):
        print(f"\n{figure}: {len(places)} differences in {len({name for name, _ in places})} files")
        for name, what in places[:SHOWN_OF_A_FIGURE]:
            print(f"  {name}: {what[:600]}")
    print(f"\n{allowed} differences are known")


def main():
    options = arguments()
    listed = sources(options)
    paths = [path for _, path in listed]
    references = dict(zip(dict(listed), pool.ask_all(sys.executable, paths, options.seconds)))
    engines = dict(zip(dict(listed), engine.ask_all(options.engine, paths)))
    argued = known.load()
    found, allowed, failed = [], 0, set()
    for name, _ in listed:
        reference, ours = references[name], engines[name]
        if isinstance(reference, str):
            differences = [("no reference", reference)]
        elif isinstance(ours, str):
            differences = [("no answer", ours)]
        else:
            differences = compare.differences(reference, ours)
        for figure, what in differences:
            if argued.allows(file=name, figure=figure, what=what):
                allowed += 1
            else:
                found.append((name, figure, what))
                failed.add(name)
    report(found, allowed)
    complaints = []
    if not options.only:
        answered = {name: answer for name, answer in references.items() if not isinstance(answer, str)}
        complaints += unfired(answered)
        complaints += misused(answered, dict(listed))
        complaints += [f"known.toml: no longer occurs: {entry}" for entry in argued.stale()]
    for complaint in complaints:
        print(complaint)
    passed = len(listed) - len(failed)
    # Files, and whatever else was to hold.
    print(f"{passed} passed, {len(failed) + len(complaints)} failed")
    return 1 if failed or complaints else 0


if __name__ == "__main__":
    sys.exit(main())
