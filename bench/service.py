"""Compares the service with a Flask and gunicorn one, side by side, in one run.

Both keep objects in a folder and rows in SQLite, on the same disk, and answer an upload when both
are synced. The load generator is wrk, from Debian. See SERVICE.md for what was measured.
"""

import argparse
import asyncio
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def source():
    """A file of 100 lines (99 and the one that tells each upload from the others)."""
    block = '''
class Order{n}:
    """An order."""

    def __init__(self, lines, rate=0.2):
        self.lines = lines
        self.rate = rate

    def total(self):
        result = 0
        for line in self.lines:
            if line.price > 0 and line.count:
                result += line.price * line.count
            elif line.price < 0:
                raise ValueError("negative")
        return result * (1 + self.rate)

    def run(self, command):
        assert command
        return subprocess.call(command, shell=True)
'''
    text = "import subprocess\nimport pickle\n" + "".join(block.format(n=n) for n in range(5))
    lines = text.splitlines()[:99]
    lines += [f"value_{n} = {n}" for n in range(99 - len(lines))]
    return "\n".join(lines) + "\n"


class Service:
    """One of the two, running in a folder of its own."""

    def __init__(self, name, command, environment, port):
        self.name = name
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            command, env={**os.environ, **environment}, cwd=environment["FOLDER"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )
        for _ in range(600):
            try:
                urllib.request.urlopen(self.url + "/api/scans", timeout=5).read()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"{name} did not start")

    def memory(self):
        """Resident memory in MiB: of the process itself, and of those it has started."""
        own = others = 0
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                _, parent, group = status.read_text().rsplit(")", 1)[1].split()[:3]
                pages = int((status.parent / "statm").read_text().split()[1])
            except (OSError, IndexError):
                continue
            if int(status.parent.name) == self.process.pid:
                own += pages
            elif self.process.pid in (int(parent), int(group)):
                others += pages
        size = os.sysconf("SC_PAGE_SIZE") / 2**20
        return {"process_mib": round(own * size, 1), "workers_mib": round(others * size, 1)}

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)


def wrk(service, script, path, connections, seconds, source_file):
    output = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s",
         "-s", str(HERE / script), service.url + path],
        env={**os.environ, "SOURCE": str(source_file)}, check=True, capture_output=True, text=True,
    ).stdout
    figures = json.loads(output.strip().splitlines()[-1])
    if figures["not_2xx"] or figures["broken"]:
        raise SystemExit(f"{service.name} failed under load: {figures}")
    figures["per_second"] = figures["requests"] / figures["seconds"]
    return figures


async def paced(service, rate, seconds, text):
    """Latencies at a fixed rate, counted from when a request was due, in milliseconds."""
    free = asyncio.Queue()
    latencies, failures = [], 0

    async def one(number, due):
        nonlocal failures
        body = f"# paced {os.getpid()} {number}\n{text}".encode()
        head = (f"POST /api/scans?name=code.py HTTP/1.1\r\nHost: x\r\nContent-Type: text/x-python\r\n"
                f"Content-Length: {len(body)}\r\n\r\n").encode()
        pair = free.get_nowait() if not free.empty() else await asyncio.open_connection("127.0.0.1", service.port)
        reader, writer = pair
        writer.write(head + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in answer.split(b"\r\n")
                      if line.lower().startswith(b"content-length"))
        await reader.readexactly(length)
        failures += b" 201 " not in answer.split(b"\r\n")[0]
        latencies.append((time.perf_counter() - due) * 1e3)
        if b"connection: close" in answer.lower():
            writer.close()
        else:
            free.put_nowait(pair)

    start = time.perf_counter() + 0.1
    tasks = []
    for number in range(int(rate * seconds)):
        due = start + number / rate
        await asyncio.sleep(max(0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(number, due)))
    await asyncio.gather(*tasks)
    if failures:
        raise SystemExit(f"{service.name}: {failures} failed at half the peak")
    latencies.sort()
    return {"rate": rate, "p50_ms": latencies[len(latencies) // 2], "p99_ms": latencies[len(latencies) * 99 // 100]}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default=HERE.parent / "target/release/codedetect-analyzer", type=Path)
    parser.add_argument("--python", default=sys.executable, help="a Python with service_peer/requirements.txt")
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--connections", default="8,32,64", help="the best of these is the peak")
    parser.add_argument("--gunicorn-workers", type=int, default=2 * (os.cpu_count() or 1) + 1)
    parser.add_argument("--memory-scans", type=int, default=0, help="measure memory over so many scans of ours")
    arguments = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("wrk is not there: apt-get install wrk")
    folder = Path(tempfile.mkdtemp(prefix="codedetect-service-"))
    text = source()
    source_file = folder / "source.py"
    source_file.write_text(text)
    services = []
    for name in ("ours", "peer"):
        (folder / name).mkdir()
        port = free_port()
        if name == "ours":
            command = [str(arguments.binary.resolve()), "serve"]
            environment = {"LISTEN": f"127.0.0.1:{port}", "RUST_LOG": "warn", "RATE_LIMIT": "0"}
        else:
            command = [arguments.python, "-m", "gunicorn", "--chdir", str(HERE / "service_peer"),
                       "--workers", str(arguments.gunicorn_workers), "--worker-class", "gthread",
                       "--threads", "1", "--keep-alive", "75", "--bind", f"127.0.0.1:{port}", "app:app"]
            environment = {"PEER_FOLDER": str(folder / name)}
        environment["FOLDER"] = str(folder / name)
        services.append((name, command, environment, port))
    results = {"machine": {"cpus": os.cpu_count(), "load_before": os.getloadavg(), "kernel": platform.release()}}
    try:
        for started in services:
            service = Service(*started)
            try:
                figures = {}
                sizes = [int(size) for size in arguments.connections.split(",")]
                wrk(service, "upload.lua", "/", sizes[0], 3, source_file)
                uploads = {size: wrk(service, "upload.lua", "/", size, arguments.seconds, source_file) for size in sizes}
                figures["uploads"] = uploads
                peak = max(run["per_second"] for run in uploads.values())
                for key, path in (("list", "/api/scans"), ("page", "/")):
                    try:
                        figures[key] = {size: wrk(service, "read.lua", path, size, arguments.seconds, source_file) for size in sizes}
                    except SystemExit as error:
                        figures[key] = str(error)
                figures["half_peak"] = asyncio.run(paced(service, peak / 2, arguments.seconds, text))
                figures["memory"] = service.memory()
                if service.name == "ours" and arguments.memory_scans:
                    figures["memory_over_scans"] = memory_over(service, arguments.memory_scans, source_file)
                results[service.name] = figures
            finally:
                service.stop()
        results["machine"]["load_after"] = os.getloadavg()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(results, indent=1))


def memory_over(service, scans, source_file):
    """Resident memory after each tenth of so many scans."""
    sizes, done = [], 0
    for _ in range(10):
        while done < scans * (len(sizes) + 1) / 10:
            done += wrk(service, "upload.lua", "/", 32, 5, source_file)["requests"]
        sizes.append({"scans": done, **service.memory()})
    return sizes


if __name__ == "__main__":
    main()
