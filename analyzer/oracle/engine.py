"""The engine's answers, by `analyzer/engine/examples/reports.rs`."""

import json
import subprocess


def ask_all(binary, paths):
    """The reports in the order of the paths; a sentence stands for the file it died of."""
    answers = []
    while len(answers) < len(paths):
        rest = paths[len(answers) :]
        run = subprocess.run(
            [binary], input="\n".join(map(str, rest)).encode(), capture_output=True, check=False
        )
        answers += [json.loads(line) for line in run.stdout.splitlines()]
        if run.returncode != 0 and len(answers) < len(paths):
            answers.append(f"the engine ended with {run.returncode}: {run.stderr[-400:].decode(errors='replace')}")
        elif len(answers) < len(paths):
            raise RuntimeError(f"{binary} answered {len(answers)} of {len(paths)} files")
    return answers
