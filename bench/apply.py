#!/usr/bin/env python3
"""Holds an apply from nothing against the longest chain of dependent calls and of waits that the endpoint asks for.

A local cloud answers each call after a latency, and shows a load balancer, a certificate, a file system, mount targets and an
endpoint as being made for a while. See README.md beside this file.

Exit codes: 0 measured and within the bound, 1 a run failed, 2 measured and beyond the bound.
"""
import argparse
import json
import os
import statistics
import sys
import tempfile

from measure import OURS, ROOT, Failed, Ours, World, load

# What is pending, in which answer, under which text, and for how many seconds from the first answer that would have said otherwise.
PENDING = (
    ("a load balancer", "elbv2", "DescribeLoadBalancers", "<Code>active</Code>", "<Code>provisioning</Code>", 20),
    ("a certificate", "acm", "DescribeCertificate", '"ISSUED"', '"PENDING_VALIDATION"', 15),
    ("a file system", "efs", "DescribeFileSystems", '"available"', '"creating"', 6),
    ("mount targets", "efs", "DescribeMountTargets", '"available"', '"creating"', 12),
    ("access points", "efs", "DescribeAccessPoints", '"available"', '"creating"', 3),
)


def pend(world, scale):
    """Arms the rewrites; at scale 0 everything is ready at once."""
    for _, service, action, before, after, seconds in PENDING if scale else ():
        world.gateway("POST", "rewrites", {"service": service, "action": action, "from": before, "to": after,
                                           "for_ms": int(seconds * 1000 * scale)})


def once(arguments, folder, number, scale):
    """One apply from nothing: the measured row, and what the program itself says of its time."""
    world = World(arguments.binary, os.path.join(folder, f"world-{number}-{scale}"))
    try:
        tool = Ours(arguments.binary, arguments.stack, world)
        world.latency(arguments.latency)
        trace = os.path.join(world.folder, "trace.json")
        row = tool.go("apply", "--yes", "--timings", trace, before=lambda: pend(world, scale))
        with open(trace) as file:
            told = json.load(file)["otherData"]
        world.latency(0)
        tool.plan()  # Nothing is left to do, or it was no whole apply.
        return row, told
    finally:
        world.down()


def measure(arguments, folder):
    print(f"- {arguments.latency} ms a call; at the start: {load()}", flush=True)
    worst = 0
    for scale, what in ((0, "everything ready at once"), (1, ", ".join(f"{name} {seconds} s" for name, *_, seconds in PENDING))):
        rows = [once(arguments, folder, number, scale) for number in range(arguments.runs)]
        print(f"\n### Apply from nothing: {what}\n")
        print("| run | wall s | walk s | longest chain s | of it waited s | walk / chain | wall / chain | calls | held s | at once | moto busy s |")
        print("| --- " * 11 + "|")
        ratios = []
        for number, (row, told) in enumerate(rows, 1):
            chain, walked = told["longest_chain_ms"] / 1000, told["walked_ms"] / 1000
            waited = sum(step["waited_ms"] for step in told["longest_chain"]) / 1000
            ratios.append(walked / chain)
            print(f"| {number} | {row['wall']:.2f} | {walked:.2f} | {chain:.2f} | {waited:.2f} | {walked / chain:.2f} | "
                  f"{row['wall'] / chain:.2f} | {row['calls']} | {told['held_ms'] / 1000:.2f} | {row['peak']} | {row['moto']:.2f} |")
        row, told = rows[ratios.index(sorted(ratios)[len(ratios) // 2])]
        print("\nThe chain of the middle run:\n\n| step | s | waited s |\n| --- | --- | --- |")
        for step in told["longest_chain"]:
            print(f"| {step['address']} | {step['took_ms'] / 1000:.2f} | {step['waited_ms'] / 1000:.2f} |")
        worst = max(worst, statistics.median(ratios))
    print(f"\n- at the end: {load()}")
    print(f"- the bound is {arguments.bound}; the larger of the two medians is {worst:.2f}")
    return 0 if worst <= arguments.bound else 2


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=os.path.join(ROOT, "target", "release", OURS), help="the codedetect-infra to measure")
    parser.add_argument("--stack", default=os.path.join(ROOT, "stacks", "codedetect.yaml"), help="its stack file")
    parser.add_argument("--latency", type=int, default=100, metavar="MS", help="added to each call")
    parser.add_argument("--runs", type=int, default=3, help="applies of each sort")
    parser.add_argument("--bound", type=float, default=1.2, help="how many times the longest chain an apply may take")
    arguments = parser.parse_args()
    arguments.binary, arguments.stack = os.path.abspath(arguments.binary), os.path.abspath(arguments.stack)
    with tempfile.TemporaryDirectory(prefix="codedetect-bench-") as folder:
        try:
            return measure(arguments, folder)
        except (Failed, OSError) as problem:
            print(f"bench: {problem}", file=sys.stderr)
            return 1


if __name__ == "__main__":
    sys.exit(main())
