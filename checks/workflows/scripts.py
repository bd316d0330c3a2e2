"""Has shellcheck read each script of workflows and actions; ends with 1 where it finds anything."""

import subprocess
import sys

import yaml


def steps(document):
    """All steps with a script: of a workflow's jobs, or of a composite action."""
    jobs = document.get("jobs", {}).values()
    parts = [job.get("steps", []) for job in jobs] + [document.get("runs", {}).get("steps", [])]
    return [step for part in parts for step in part if "run" in step]


failed = read = 0
for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        document = yaml.safe_load(file)
    for step in steps(document):
        read += 1
        told = subprocess.run(
            ["shellcheck", "--shell=bash", "--color=never", "-"], input=step["run"], text=True, stdout=subprocess.PIPE, check=False
        )
        if told.returncode:
            failed += 1
            print(f"{name}, step {step.get('name', step.get('id', '?'))}:\n{told.stdout}", file=sys.stderr)
if not read:
    sys.exit("no script was found")
sys.exit(1 if failed else 0)
