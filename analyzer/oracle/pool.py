"""The originals, asked side by side: one warm process a core, with a limit on each file."""

import json
import os
import queue
import select
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

REFERENCE = Path(__file__).with_name("reference.py")


class Process:
    """One process of reference.py, started when first asked, ended when it takes too long."""

    def __init__(self, python, seconds):
        self.python, self.seconds, self.process = python, seconds, None

    def ask(self, path):
        """The report, or a sentence on why there is none."""
        if self.process is None:
            self.process = subprocess.Popen(
                [self.python, REFERENCE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # The same order of a set's items in every run.
                env={**os.environ, "PYTHONHASHSEED": "0"},
            )
        self.process.stdin.write(os.fsencode(path) + b"\n")
        self.process.stdin.flush()
        answer = b""
        while not answer.endswith(b"\n"):
            ready, _, _ = select.select([self.process.stdout], [], [], self.seconds)
            if not ready:
                return self.end(f"no answer within {self.seconds} s")
            chunk = os.read(self.process.stdout.fileno(), 1 << 20)
            if not chunk:
                return self.end("the process died")
            answer += chunk
        return json.loads(answer)

    def end(self, why=""):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None
        return why


def ask_all(python, paths, seconds):
    """What `Process.ask` says of each path."""
    processes = [Process(python, seconds) for _ in range(os.cpu_count() or 1)]
    idle = queue.SimpleQueue()
    for process in processes:
        idle.put(process)

    def ask(path):
        process = idle.get()
        try:
            return process.ask(path)
        finally:
            idle.put(process)

    try:
        with ThreadPoolExecutor(len(processes)) as pool:
            return list(pool.map(ask, paths))
    finally:
        for process in processes:
            process.end()
