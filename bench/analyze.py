"""Times the engine against Bandit and Radon, as warm libraries and as command lines, in one run.

Prints the tables of bench/ANALYZER.md. Needs what analyzer/oracle/run has made: the environment
of the originals and the packages, below CARGO_TARGET_DIR.
"""

import argparse
import hashlib
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "analyzer" / "oracle"))

import corpus  # noqa: E402

COMMANDS = (
    ("bandit", "--quiet", "--format", "json"),
    ("radon", "cc", "-j"),
    ("radon", "raw", "-j"),
    ("radon", "hal", "-j"),
    ("radon", "mi", "-j"),
)


def arguments():
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=target / "oracle", help="where analyzer/oracle/run works")
    parser.add_argument("--engine", type=Path, default=target / "release" / "examples", help="the built examples")
    parser.add_argument("--analyzer", type=Path, help="a codedetect-analyzer that has `analyze`, for the command line")
    parser.add_argument("--files", type=int, default=1000, help="how many real files")
    parser.add_argument("--sample", type=int, default=30, help="how many of them for the command lines")
    parser.add_argument("--passes", type=int, default=11, help="analyses of each file by the engine")
    return parser.parse_args()


def cpu(run):
    """Seconds of user and system time that a call's child processes took, and its result."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = run()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, result


def engine(binary, paths, passes):
    """By path: bytes, lines, the median in seconds. And the CPU seconds of the whole process."""

    def run():
        listed = "\n".join(map(str, paths)).encode()
        return subprocess.run([binary, str(passes)], input=listed, capture_output=True, check=True).stdout

    seconds, printed = cpu(run)
    rows = {}
    for line in printed.decode().splitlines():
        size, lines, median, path = line.split("\t")
        rows[Path(path)] = (int(size), int(lines), float(median))
    return rows, seconds


def originals(python, paths):
    """By path: the CPU seconds of warm Bandit and of warm Radon."""
    process = subprocess.Popen(
        [python, ROOT / "analyzer" / "oracle" / "reference.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    rows = {}
    # What the first files take is start-up.
    for path in [*paths[:20], *paths]:
        process.stdin.write(os.fsencode(path) + b"\n")
        process.stdin.flush()
        rows[path] = json.loads(process.stdout.readline())["seconds"]
    process.stdin.close()
    process.wait()
    return rows


def silently(command, **options):
    return subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, **options
    )


def timed(run):
    start = time.perf_counter()
    seconds, _ = cpu(run)
    return seconds, time.perf_counter() - start


def per_process(options, python, paths):
    """By path: CPU and wall seconds of a process of ours, and of the five of the originals."""
    rows = {}
    for path in paths:
        theirs = [
            timed(lambda: silently([python.parent / tool, *rest, path])) for tool, *rest in COMMANDS
        ]
        if options.analyzer:
            ours = [timed(lambda: silently([options.analyzer, "analyze", "--format", "json", path])) for _ in range(5)]
        else:
            ours = [timed(lambda: silently([options.engine / "reports"], input=os.fsencode(path))) for _ in range(5)]
        rows[path] = (
            statistics.median(seconds for seconds, _ in ours),
            statistics.median(wall for _, wall in ours),
            sum(seconds for seconds, _ in theirs),
            sum(wall for _, wall in theirs),
        )
    return rows


def grown(options, paths):
    """The median seconds for a file's source once, twice, four and eight times over."""
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            source = path.read_bytes()
            made = []
            for times in (1, 2, 4, 8):
                copy = Path(folder) / f"{path.stem}-{times}.py"
                copy.write_bytes((source + b"\n") * times)
                made.append(copy)
            rows, _ = engine(options.engine / "timing", made, options.passes)
            yield path, [rows[copy] for copy in made]


def chosen(folder, count):
    """Files of the corpus that are the same everywhere, those on which Radon takes minutes left out."""
    names = sorted(corpus.files(folder), key=lambda name: hashlib.sha256(name.encode()).digest())
    return [folder / name for name in sorted(names[:count])]


def ms(seconds):
    return f"{seconds * 1000:.3f}"


def print_libraries(files, ours, cpu_of_a_pass, theirs):
    total = [sum(row[name] for row in theirs.values()) for name in ("bandit", "radon")]
    ratios = [sum(theirs[path].values()) / ours[path][2] for path in files]
    print("### In one warm thread\n")
    print("| of a file, ms | engine | Bandit | Radon | both | ratio |\n| --- | --- | --- | --- | --- | --- |")
    medians = [statistics.median(theirs[path][name] for path in files) for name in ("bandit", "radon")]
    both = statistics.median(sum(theirs[path].values()) for path in files)
    ours_median = statistics.median(ours[path][2] for path in files)
    print(f"| median | {ms(ours_median)} | {ms(medians[0])} | {ms(medians[1])} | {ms(both)} | {both / ours_median:.0f} |")
    mean = cpu_of_a_pass / len(files)
    means = [seconds / len(files) for seconds in total]
    print(f"| mean | {ms(mean)} | {ms(means[0])} | {ms(means[1])} | {ms(sum(means))} | {sum(means) / mean:.0f} |")
    tenths = statistics.quantiles(ratios, n=10)
    print(f"\nRatio file by file: a tenth below {tenths[0]:.0f}, median {statistics.median(ratios):.0f}, a tenth above {tenths[-1]:.0f}.")
    hundred = [path for path in files if 80 <= ours[path][1] <= 120]
    ours_hundred = statistics.median(ours[path][2] for path in hundred)
    theirs_hundred = statistics.median(sum(theirs[path].values()) for path in hundred)
    print(
        f"Files of 80 to 120 lines ({len(hundred)}): {ms(ours_hundred)} ms against {ms(theirs_hundred)} ms, "
        f"{theirs_hundred / ours_hundred:.0f} times."
    )


def print_command_lines(options, rows, ours):
    columns = list(zip(*rows.values()))
    medians = [statistics.median(column) for column in columns]
    warm = statistics.median(ours[path][2] for path in rows)
    name = "`codedetect-analyzer analyze`" if options.analyzer else "the example `reports`"
    print(f"\n### A process for each file ({len(rows)} of the files; {name}; Bandit and Radon's four commands)\n")
    print("| median ms of a file | ours | originals | ratio |\n| --- | --- | --- | --- |")
    print(f"| CPU | {ms(medians[0])} | {ms(medians[2])} | {medians[2] / medians[0]:.0f} |")
    print(f"| wall | {ms(medians[1])} | {ms(medians[3])} | {medians[3] / medians[1]:.0f} |")
    print(f"| CPU, the engine in a warm thread | {ms(warm)} | {ms(medians[2])} | {medians[2] / warm:.0f} |")


def main():
    options = arguments()
    [python] = sorted(options.work.glob("venv-*/complete"), key=lambda path: path.stat().st_mtime)[-1:]
    python = python.parent / "bin" / "python"
    packages = options.work / "packages"
    files = chosen(packages, options.files)
    print(f"- {platform.system()} on {os.cpu_count()} CPUs, load at the start {' '.join(f'{l:.2f}' for l in os.getloadavg())}")
    ours, _ = engine(options.engine / "timing", files, options.passes)
    _, once = engine(options.engine / "timing", files, 2)
    _, more = engine(options.engine / "timing", files, 2 + options.passes)
    lines, size = sum(row[1] for row in ours.values()), sum(row[0] for row in ours.values())
    print(f"- {len(files)} files, {lines} lines, {size / 1e6:.1f} MB; median {statistics.median(row[1] for row in ours.values()):.0f} lines")
    theirs = originals(python, files)
    print(f"- load after the libraries {' '.join(f'{l:.2f}' for l in os.getloadavg())}\n")
    print_libraries(files, ours, (more - once) / options.passes, theirs)
    by_hash = sorted(files, key=lambda path: hashlib.sha256(path.name.encode()).digest())
    print_command_lines(options, per_process(options, python, by_hash[: options.sample]), ours)
    start = time.perf_counter()
    silently([options.engine / "reports"], input="\n".join(map(str, files)).encode())
    wall = time.perf_counter() - start
    print(f"\nAll {len(files)} files in one process, JSON written: {wall:.2f} s, {ms(wall / len(files))} ms a file.")

    every = [packages / name for name in corpus.files(packages, per_package=10**6)]
    every += [packages / name for name in corpus.without()]
    all_rows, _ = engine(options.engine / "timing", every, 3)
    slowest = sorted(all_rows.items(), key=lambda item: -item[1][2])[:5]
    print(f"\n### The slowest of all {len(every)} files of the packages\n")
    print("| file | lines | kB | ms |\n| --- | --- | --- | --- |")
    for path, (size, lines, median) in slowest:
        print(f"| {path.relative_to(packages)} | {lines} | {size / 1000:.0f} | {ms(median)} |")

    print("\n### A file's source one to eight times over, ms\n")
    print("| file | lines | × 1 | × 2 | × 4 | × 8 | × 8 to × 1 |\n| --- | --- | --- | --- | --- | --- | --- |")
    middle = sorted(files, key=lambda path: ours[path][1])[len(files) // 2]
    for path, rows in grown(options, [middle, files[0], *(packages / name for name in sorted(corpus.without())[:4])]):
        cells = " | ".join(ms(row[2]) for row in rows)
        print(f"| {path.relative_to(packages)} | {rows[0][1]} | {cells} | {rows[-1][2] / rows[0][2]:.1f} |")


if __name__ == "__main__":
    main()
