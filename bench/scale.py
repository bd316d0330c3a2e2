#!/usr/bin/env python3
"""Times the no-op plan of N units, each a security group with two rules, a parameter, a log group and an alarm, by
codedetect-infra and by Terraform, in one run.

Each tool has a local cloud of its own, applies the units without latency, and then plans them with it, in turn with the other. See
README.md beside this file.

Exit codes: 0 measured, 1 a run failed or was no no-op, 2 measured without the peer, which is no comparison.
"""
import argparse
import concurrent.futures
import os
import shutil
import statistics
import sys
import tempfile

import peer
from measure import OURS, ROOT, Failed, Ours, World, load, show_calls, show_rows, show_table

HEAD = """stack: units
environment: bench
region: eu-west-1
resources:
  main: { kind: ec2.vpc, fields: { cidr: 10.9.0.0/16, dns_support: true, dns_hostnames: false } }
"""

UNIT = """  group-%(n)s: { kind: ec2.security-group, fields: { name: units-bench-%(n)s, description: Unit, vpc: '${resources.main.id}' } }
  rules-%(n)s:
    kind: ec2.security-rules
    fields:
      group: ${resources.group-%(n)s.id}
      ingress: [ { protocol: tcp, from: 443, to: 443, peer: { cidr: 0.0.0.0/0 }, description: '' } ]
      egress: [ { protocol: tcp, from: 443, to: 443, peer: { cidr: 10.0.0.0/8 }, description: '' } ]
  value-%(n)s: { kind: ssm.parameter, fields: { name: /units-bench/%(n)s, value: { plain: v%(n)s } } }
  logs-%(n)s: { kind: logs.log-group, fields: { name: /units-bench/%(n)s, retention_days: 7 } }
  alarm-%(n)s:
    kind: cloudwatch.alarm
    fields: { name: units-bench-%(n)s, region: eu-west-1, description: Unit, namespace: Unit, metric: M, statistic: Sum, period: 60,
              evaluation_periods: 1, datapoints_to_alarm: 1, threshold: 1, comparison: GreaterThanThreshold }
"""


def stack(folder, count):
    """A stack file of so many units."""
    path = os.path.join(folder, f"units-{count}.yaml")
    with open(path, "w") as file:
        file.write(HEAD + "".join(UNIT % {"n": f"{n:04}"} for n in range(count)))
    return path


def measure(arguments, folder, worlds):
    missing = peer.missing(arguments)
    worlds.append(World(arguments.binary, os.path.join(folder, "ours")))
    if missing:
        print(f"\n**NOT A COMPARISON: {missing}. Only {OURS} is measured, and this run ends with 2.**")
    else:
        worlds.append(World(arguments.binary, os.path.join(folder, "peer")))
    print(f"- moto {worlds[0].moto}, one for each tool; at the start: {load()}", flush=True)
    terraform, results = None, []
    for count in arguments.units:
        tools = [Ours(arguments.binary, stack(folder, count), worlds[0])]
        if not missing:
            if not terraform:
                terraform = peer.Terraform(shutil.which(arguments.terraform), arguments.peer, worlds[1], arguments.parallelism)
            terraform.variables = [f"-var=n={count}"]
            tools.append(terraform)
        planned = []
        for tool in tools:
            tool.world.latency(0)
        # Side by side, as nothing is compared here: ours keeps to the rates that AWS documents, which takes minutes.
        with concurrent.futures.ThreadPoolExecutor() as side_by_side:
            for tool, applied in zip(tools, side_by_side.map(lambda tool: tool.apply(), tools)):
                print(f"- {count} units applied by {tool.name}: {tool.size()}, {applied['changing']} changing calls in "
                      f"{applied['wall']:.0f} s, peak RSS {applied['rss']:.0f} MB", flush=True)
        for tool in tools:
            tool.plan()  # Once unmeasured, so that moto has imported what it imports on first use.
            tool.world.latency(arguments.latency)
            null = statistics.median(tool.world.null_call() for _ in range(10))
            print(f"- null call in its world: {null:.1f} ms (median of 10, {arguments.latency} ms asked for); {load()}", flush=True)
        for n in range(arguments.runs):
            # Who is first changes, so that what the machine does beside falls on both.
            for tool in tools if n % 2 == 0 else tools[::-1]:
                planned.append((tool.name, tool.plan()))
        results.append((count, planned))
    print(f"- at the end: {load()}")
    for count, planned in results:
        show_table(f"No-op plan of {count} units, {arguments.latency} ms a call", planned)
    show_calls(f"Calls of one plan of {results[-1][0]} units", results[-1][1])
    for count, planned in results:
        show_rows(f"The plans of {count} units in the order they ran", planned)
    if missing:
        print(f"\n**NOT A COMPARISON: {missing}.**")
        return 2
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=os.path.join(ROOT, "target", "release", OURS), help="the codedetect-infra to measure")
    parser.add_argument("--units", type=int, nargs="+", default=[10, 100, 300], metavar="N", help="how many, growing")
    peer.add_arguments(parser, "the units, with their number as the variable `n`")
    parser.add_argument("--latency", type=int, default=100, metavar="MS", help="added to each call while planning")
    parser.add_argument("--runs", type=int, default=5, help="plans of each number of units")
    arguments = parser.parse_args()
    arguments.binary = os.path.abspath(arguments.binary)
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
