"""What the benchmarks share: a world to run a tool in, a run that is measured, and the tables. See README.md beside this file."""
import http.client
import json
import os
import statistics
import subprocess
import threading
import time
from urllib.parse import urlsplit

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")
SAMPLE_EVERY = 0.02  # seconds between two looks at the memory of a process tree
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OURS = "codedetect-infra"


class Failed(Exception):
    """A run that gives no figure, with what it said."""


def environment():
    """What both tools get: credentials that nothing checks, and nothing of the caller's proxies, profiles and plug-ins."""
    dropped = ("AWS_", "TF_", "CODEDETECT_STATE_DIR", "CODEDETECT_ENV")
    kept = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy") and not k.startswith(dropped)}
    return kept | {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "TF_CLI_CONFIG_FILE": os.devnull,
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
        "NO_PROXY": "127.0.0.1",
    }


class World:
    """A local cloud in a folder of its own."""

    def __init__(self, binary, folder):
        os.makedirs(folder)
        self.binary, self.folder = binary, folder
        said = subprocess.run([binary, "local", "up", "--format", "json"], cwd=folder, env=environment(),
                              capture_output=True, text=True)
        if said.returncode:
            raise Failed(f"local up: {said.stderr.strip()}")
        up = json.loads(said.stdout)
        self.endpoint, self.moto = up["endpoint"], up["moto"]

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(urlsplit(self.endpoint).netloc, timeout=60)
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status != 200:
            raise Failed(f"{method} {path} answered {answer.status}: {text[:200]!r}")
        return text

    def gateway(self, method, what, body=None):
        return json.loads(self.ask(method, f"/_codedetect/{what}", body and json.dumps(body)))

    def latency(self, milliseconds):
        self.gateway("PUT", "latency", {"ms": milliseconds})

    def null_call(self):
        """Milliseconds of the cheapest call, which say whether the latency is what was asked for."""
        scope = "AWS4-HMAC-SHA256 Credential=test/20200101/eu-west-1/sts/aws4_request, SignedHeaders=host, Signature=0"
        headers = {"Authorization": scope, "Content-Type": "application/x-www-form-urlencoded"}
        began = time.perf_counter()
        self.ask("POST", "/", "Action=GetCallerIdentity&Version=2011-06-15", headers)
        return (time.perf_counter() - began) * 1000

    def down(self):
        subprocess.run([self.binary, "local", "down"], cwd=self.folder, env=environment(), capture_output=True)


def tree(root):
    """A process and all that descend from it."""
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        try:
            for thread in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{thread}/children") as children:
                    todo += map(int, children.read().split())
        except OSError:
            continue  # It ended while we looked.
    return found


def resident(root):
    """Bytes in memory of a process tree. What two of its processes share counts twice."""
    total = 0
    for pid in tree(root):
        try:
            with open(f"/proc/{pid}/statm") as statm:
                total += int(statm.read().split()[1]) * PAGE
        except OSError:
            continue
    return total


def machine_busy():
    """CPU seconds that the whole machine has spent on anything."""
    with open("/proc/stat") as stat:
        spent = list(map(int, stat.readline().split()[1:9]))
    return (sum(spent) - spent[3] - spent[4]) / TICKS


def run(command, folder, log, world=None, more=None, memory=True, before=None):
    """Runs a command to its end and measures it. Its exit code must be 0: for a plan that asks for it, no difference. `before` is
    done between the reset of the world's counts, which disarms what was asked of it, and the command."""
    if world:
        world.gateway("POST", "reset")
    if before:
        before()
    peak, ended = [0], threading.Event()
    with open(log, "wb") as out:
        busy, began = machine_busy(), time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment() | (more or {}), stdin=subprocess.DEVNULL,
                                   stdout=out, stderr=subprocess.STDOUT)

        def sample():
            while not ended.wait(SAMPLE_EVERY):
                peak[0] = max(peak[0], resident(process.pid))

        sampler = threading.Thread(target=sample, daemon=True)
        if memory:
            sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        ended.set()
        busy = machine_busy() - busy
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        with open(log, errors="replace") as said:
            end = said.read()[-3000:]
        raise Failed(f"{' '.join(command)} ended with {process.returncode}:\n{end}")
    cpu = usage.ru_utime + usage.ru_stime
    row = {"wall": wall, "cpu": cpu, "others": max(0.0, busy - cpu) / wall}
    if memory:
        sampler.join()
        row["rss"] = peak[0] / 1e6
    if world:
        counts = world.gateway("GET", "counts")
        row |= {"calls": counts["total"], "changing": counts["changing"], "peak": counts["peak"],
                "errors": counts["errors"], "moto": counts["moto_ms"] / 1000, "by": counts["by"]}
    return row


class Ours:
    """codedetect-infra with a stack file."""

    name = OURS

    def __init__(self, binary, stack, world):
        self.binary, self.stack, self.world = binary, stack, world
        self.log = os.path.join(world.folder, "tool.log")

    def go(self, verb, *more, before=None):
        return run([self.binary, verb, self.stack, "--endpoint-url", self.world.endpoint,
                    "--state-dir", os.path.join(self.world.folder, "state"), *more],
                   self.world.folder, self.log, self.world, before=before)

    def apply(self):
        return self.go("apply", "--yes")

    def plan(self):
        return self.go("plan", "--detailed-exitcode")

    def validate(self):
        return run([self.binary, "validate", self.stack], self.world.folder, self.log, memory=False)

    def size(self):
        said = subprocess.run([self.binary, "plan", self.stack, "--endpoint-url", self.world.endpoint, "--state-dir",
                               os.path.join(self.world.folder, "state"), "--format", "json"],
                              capture_output=True, text=True, env=environment(), cwd=self.world.folder)
        if said.returncode:
            raise Failed(f"plan --format json: {said.stderr.strip()}")
        return f"{json.loads(said.stdout)['summary']['unchanged']} resources"


COLUMNS = (("wall", "wall s", 3), ("cpu", "CPU s", 3), ("rss", "peak RSS MB", 0), ("calls", "calls", 0), ("peak", "most at once", 0),
           ("moto", "moto busy s", 3), ("others", "others' CPUs", 2))


def show_rows(title, rows):
    """Every run of every tool, as it came."""
    columns = [c for c in COLUMNS if any(c[0] in row for _, row in rows)]
    print(f"\n### {title}\n\n| run | tool | " + " | ".join(c[1] for c in columns) + " |")
    print("| --- " * (2 + len(columns)) + "|")
    for n, (tool, row) in enumerate(rows, 1):
        print(f"| {n} | {tool} | " + " | ".join(f"{row[key]:.{digits}f}" for key, _, digits in columns) + " |")


def show_table(title, rows):
    """Minimum, median and maximum of each tool, and how many times ours the peer takes, by the medians."""
    tools = list(dict.fromkeys(tool for tool, _ in rows))
    print(f"\n### {title}\n\n| min / median / max | " + " | ".join(
        f"{t} (n={sum(1 for tool, _ in rows if tool == t)})" for t in tools) + (" | ratio of medians |" if len(tools) == 2 else " |"))
    print("| --- " * (len(tools) + (2 if len(tools) == 2 else 1)) + "|")
    for key, label, digits in COLUMNS:
        values = [[row[key] for tool, row in rows if tool == t and key in row] for t in tools]
        if not all(values):
            continue
        middles = [statistics.median(v) for v in values]
        cells = [f"{min(v):.{digits}f} / {m:.{digits}f} / {max(v):.{digits}f}" for v, m in zip(values, middles)]
        if len(tools) == 2:
            cells.append("" if key == "others" or not middles[0] else f"{middles[1] / middles[0]:.1f}")
        print(f"| {label} | " + " | ".join(cells) + " |")


def show_calls(title, rows):
    """The calls of each tool's last run by service: what one of the two does not even ask for shows here."""
    last = dict(rows)
    asked = {tool: {} for tool in last}
    for tool, row in last.items():
        for call, times in row["by"].items():
            service = call.split(":")[0]
            asked[tool][service] = asked[tool].get(service, 0) + times
    print(f"\n### {title}\n\n| service | " + " | ".join(last) + " |\n| --- " + "| --- " * len(last) + "|")
    for service in sorted(set().union(*asked.values())):
        print(f"| {service} | " + " | ".join(str(asked[tool].get(service, 0)) for tool in last) + " |")


def load():
    return f"load {' '.join(f'{v:.2f}' for v in os.getloadavg())} on {os.cpu_count()} CPUs"
