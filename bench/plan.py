#!/usr/bin/env python3
"""Times the plan of a stack that is already as it should be, by codedetect-infra and by Terraform, in one run.

Each tool has a local cloud of its own in a temporary folder (the same gateway, the same moto, the same latency), applies once
without latency, and then plans in turn with the other. See README.md beside this file.

Exit codes: 0 measured, 1 a run failed or was no no-op, 2 measured without the peer, which is no comparison.
"""
import argparse
import os
import shutil
import statistics
import sys
import tempfile

import peer
from measure import OURS, ROOT, Failed, Ours, World, load, show_calls, show_rows, show_table


def measure(arguments, folder, worlds):
    missing = peer.missing(arguments)
    worlds.append(World(arguments.binary, os.path.join(folder, "ours")))
    tools = [Ours(arguments.binary, arguments.stack, worlds[-1])]
    if missing:
        print(f"\n**NOT A COMPARISON: {missing}. Only {OURS} is measured, and this run ends with 2.**")
    else:
        worlds.append(World(arguments.binary, os.path.join(folder, "peer")))
        tools.append(peer.Terraform(shutil.which(arguments.terraform), arguments.peer, worlds[-1], arguments.parallelism))
        version, providers = tools[-1].versions()
        print(f"- peer: Terraform {version}, " + ", ".join(f"{name} {v}" for name, v in providers.items()))
    print(f"- moto {', '.join(sorted({w.moto for w in worlds}))}, one for each tool")
    print(f"- at the start: {load()}", flush=True)

    applied = []
    for tool in tools:
        tool.world.latency(0)
        applied.append((tool.name, tool.apply()))
        print(f"- {tool.name} applied: {tool.size()}, {applied[-1][1]['changing']} changing calls, "
              f"{applied[-1][1]['errors']} answered with an error", flush=True)

    for tool in tools:
        tool.plan()  # Once unmeasured, so that moto has imported what it imports on first use.
        tool.world.latency(arguments.latency)
        null = statistics.median(tool.world.null_call() for _ in range(10))
        print(f"- null call in the world of {tool.name}: {null:.1f} ms (median of 10, {arguments.latency} ms asked for)")

    print(f"- before the plans: {load()}", flush=True)
    planned = []
    for n in range(arguments.runs):
        # Who is first changes, so that what the machine does beside falls on both.
        for tool in tools if n % 2 == 0 else tools[::-1]:
            planned.append((tool.name, tool.plan()))
    print(f"- after the plans: {load()}", flush=True)

    validated = [(tools[0].name, tools[0].validate()) for _ in range(arguments.validate_runs)]
    for tool in tools[1:]:
        validated += [(tool.name, tool.validate()) for _ in range(arguments.runs)]
    print(f"- at the end: {load()}")

    show_table(f"No-op plan, {arguments.latency} ms a call", planned)
    show_table("Validate, a new process each time", validated)
    show_table("Apply from nothing, 0 ms a call (its wall time is mostly fixed waits; no ratio to be drawn)",
               [(name, {k: v for k, v in row.items() if k != "wall"}) for name, row in applied])
    show_calls("Calls of one plan", planned)
    show_rows("The plans in the order they ran", planned)
    if missing:
        print(f"\n**NOT A COMPARISON: {missing}.**")
        return 2
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=os.path.join(ROOT, "target", "release", OURS), help="the codedetect-infra to measure")
    parser.add_argument("--stack", default=os.path.join(ROOT, "stacks", "codedetect.yaml"), help="its stack file")
    peer.add_arguments(parser, "the same stack")
    parser.add_argument("--latency", type=int, default=100, metavar="MS", help="added to each call while planning")
    parser.add_argument("--runs", type=int, default=5, help="plans of each tool")
    parser.add_argument("--validate-runs", type=int, default=20, help="validations by codedetect-infra")
    arguments = parser.parse_args()
    arguments.binary, arguments.stack = os.path.abspath(arguments.binary), os.path.abspath(arguments.stack)
    arguments.peer = arguments.peer and os.path.abspath(arguments.peer)

    worlds = []
    with tempfile.TemporaryDirectory(prefix="codedetect-bench-") as folder:
        try:
            return measure(arguments, folder, worlds)
        except (Failed, OSError) as problem:
            print(f"bench: {problem}", file=sys.stderr)
            return 1
        finally:
            for world in worlds:
                world.down()


if __name__ == "__main__":
    sys.exit(main())
