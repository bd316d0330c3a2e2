"""The service that CodeDetect's is compared with: Flask, with Bandit and Radon as warm libraries.

It does what ours does for one file, as well as it can be done in a few lines of Python: the object
is written and synced, then the row is committed with synchronous=FULL, then the answer is sent.
"""

import ast
import hashlib
import json
import os
import sqlite3
import time
import uuid
from pathlib import Path

from bandit.core import config as bandit_config
from bandit.core import manager as bandit_manager
from flask import Flask, jsonify, render_template_string, request
from radon.complexity import average_complexity, cc_rank, cc_visit
from radon.metrics import h_visit, mi_rank, mi_visit
from radon.raw import analyze as raw_analyze

FOLDER = Path(os.environ["PEER_FOLDER"])
UPLOADS = FOLDER / "uploads"
UPLOADS.mkdir(parents=True, exist_ok=True)
CONFIG = bandit_config.BanditConfig()

app = Flask(__name__)
_connection = None


def database():
    """One connection a process, opened after the fork."""
    global _connection
    if _connection is None:
        _connection = sqlite3.connect(FOLDER / "peer.db", timeout=30, isolation_level=None)
        _connection.execute("PRAGMA journal_mode = TRUNCATE")
        _connection.execute("PRAGMA synchronous = FULL")
        _connection.execute(
            "CREATE TABLE IF NOT EXISTS scans (id TEXT PRIMARY KEY, created_at INTEGER, name TEXT,"
            " object_key TEXT, security INTEGER, quality REAL, high INTEGER, medium INTEGER,"
            " low INTEGER, report TEXT)"
        )
    return _connection


def put(key, content):
    """Writes an object so that it is there after a power failure."""
    staged = UPLOADS / f".{uuid.uuid4().hex}"
    with open(staged, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.rename(staged, FOLDER / key)
    folder = os.open(UPLOADS, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def analyse(path, text):
    """All five analyses."""
    manager = bandit_manager.BanditManager(CONFIG, "file")
    manager.discover_files([str(path)])
    manager.run_tests()
    findings = [issue.as_dict(with_code=False) for issue in manager.get_issue_list()]
    tree = ast.parse(text)
    blocks = cc_visit(text)
    maintainability = mi_visit(text, True)
    raw = raw_analyze(text)
    halstead = h_visit(tree)
    counts = {"HIGH": 0, "MEDIUM": 0, "LOW": 0}
    for finding in findings:
        counts[finding["issue_severity"]] = counts.get(finding["issue_severity"], 0) + 1
    security = max(0, 100 - 15 * counts["HIGH"] - 7 * counts["MEDIUM"] - 2 * counts["LOW"])
    complexity = average_complexity(blocks) if blocks else 1
    return {
        "findings": findings,
        "complexity": [
            {"name": b.fullname, "line": b.lineno, "complexity": b.complexity, "rank": cc_rank(b.complexity)}
            for b in blocks
        ],
        "maintainability": {"index": maintainability, "rank": mi_rank(maintainability)},
        "raw": raw._asdict(),
        "halstead": halstead.total._asdict(),
        "counts": counts,
        "security": security,
        "quality": round(max(0.0, maintainability / 10 - complexity / 10), 1),
    }


@app.post("/api/scans")
def create():
    content = request.get_data()
    name = request.args.get("name", "code.py")
    key = f"uploads/{hashlib.sha256(content).hexdigest()}_code.py"
    put(key, content)
    report = analyse(FOLDER / key, content.decode())
    scan = {"id": str(uuid.uuid4()), "created_at": int(time.time() * 1000), "name": name, "object_key": key}
    counts = report["counts"]
    connection = database()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(
        "INSERT INTO scans VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (scan["id"], scan["created_at"], name, key, report["security"], report["quality"],
         counts["HIGH"], counts["MEDIUM"], counts["LOW"], json.dumps(report)),
    )
    connection.execute("COMMIT")
    return jsonify({**scan, "report": report}), 201


@app.get("/api/scans")
def scans():
    rows = database().execute(
        "SELECT id, created_at, name, security, quality, high, medium, low FROM scans"
        " ORDER BY rowid DESC LIMIT 25"
    ).fetchall()
    names = ("id", "created_at", "name", "security", "quality", "high", "medium", "low")
    return jsonify({"scans": [dict(zip(names, row)) for row in rows]})


@app.get("/")
def dashboard():
    rows = database().execute(
        "SELECT id, created_at, name, security, quality, high, medium, low FROM scans"
        " ORDER BY rowid DESC LIMIT 25"
    ).fetchall()
    return render_template_string(PAGE, rows=rows)


PAGE = """<!doctype html><html lang="en"><title>Scans</title><table>
{% for row in rows %}<tr><td><a href="/scans/{{ row[0] }}">{{ row[2] }}</a></td><td>{{ row[3] }}</td>
<td>{{ row[4] }}</td><td>{{ row[5] }}</td><td>{{ row[6] }}</td><td>{{ row[7] }}</td></tr>{% endfor %}
</table></html>"""
