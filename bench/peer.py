"""The peer: Terraform, where it is there, with a configuration that comes from outside."""
import json
import os
import shutil
import subprocess

from measure import environment, run

PEER = "terraform"


class Terraform:
    """Terraform with a copy of a configuration, local state, and its own defaults."""

    name = PEER

    def __init__(self, binary, configuration, world, parallelism, variables=()):
        self.binary, self.world, self.parallelism = binary, world, parallelism
        self.variables = [f"-var={variable}" for variable in variables]
        self.log = os.path.join(world.folder, "tool.log")
        self.folder = os.path.join(world.folder, "configuration")
        shutil.copytree(configuration, self.folder, ignore=shutil.ignore_patterns(".terraform*", "terraform.tfstate*"))
        init = ["init"]
        if os.environ.get("TF_PLUGIN_DIR"):
            init.append("-plugin-dir=" + os.environ["TF_PLUGIN_DIR"])
        self.go(*init, counted=False)

    def go(self, verb, *more, counted=True):
        return run([self.binary, verb, "-no-color", "-input=false", *more], self.folder, self.log,
                   self.world if counted else None, {"AWS_ENDPOINT_URL": self.world.endpoint})

    def apply(self):
        return self.go("apply", "-auto-approve", *self.variables)

    def plan(self):
        return self.go("plan", "-detailed-exitcode", f"-parallelism={self.parallelism}", *self.variables)

    def validate(self):
        return run([self.binary, "validate", "-no-color"], self.folder, self.log, memory=False)

    def size(self):
        said = subprocess.run([self.binary, "state", "list"], capture_output=True, text=True, env=environment(), cwd=self.folder)
        entries = said.stdout.split()
        read = [e for e in entries if e.startswith("data.") or ".data." in e]
        return f"{len(entries) - len(read)} resources, {len(read)} data sources"

    def versions(self):
        said = subprocess.run([self.binary, "version", "-json"], capture_output=True, text=True, env=environment(),
                              cwd=self.folder)
        told = json.loads(said.stdout)
        return told["terraform_version"], told["provider_selections"]


def missing(arguments):
    """Why there is nothing to compare with; nothing where there is."""
    if not arguments.peer:
        return "no --peer folder was given"
    if not shutil.which(arguments.terraform):
        return f"{arguments.terraform} is not there"
    return None


def add_arguments(parser, what):
    """What every comparison may be told about the peer."""
    parser.add_argument("--peer", metavar="DIR", help=f"the folder of the Terraform configuration of {what}")
    parser.add_argument("--terraform", default="terraform", help="the Terraform to measure (TF_PLUGIN_DIR: its provider mirror)")
    parser.add_argument("--parallelism", type=int, default=10, metavar="N", help="how much Terraform plans at once; 10 is its default")
