"""The real files: Python files of pinned packages, fetched once and kept outside the clone."""

import hashlib
import subprocess
import tarfile
import zipfile
from pathlib import Path

LIST = Path(__file__).with_name("corpus.txt")
# Of each package so many, chosen by the hash of their names, so that no package outweighs the
# others and the choice is the same everywhere.
PER_PACKAGE = 100
LARGEST = 150_000


def entries():
    for line in LIST.read_text().splitlines():
        if line and not line.startswith("#"):
            yield tuple(line.split())


def packages():
    return [entry for entry in entries() if entry[0] != "without"]


def without():
    return {path for word, path in entries() if word == "without"}


def fetch(python, folder):
    """Brings what is not there yet: into `folder/<name>==<version>`, one folder a package."""
    folder.mkdir(parents=True, exist_ok=True)
    for form, option in (("wheel", "--only-binary=:all:"), ("sdist", "--no-binary=:all:")):
        wanted = [r for r, f in packages() if f == form and not (folder / r).exists()]
        if wanted:
            download(python, option, wanted, folder)


def download(python, option, requirements, folder):
    archives = folder / "archives"
    subprocess.run(
        [python, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", option]
        + ["--dest", archives, *requirements],
        check=True,
    )
    for requirement in requirements:
        unpack(archive(archives, requirement), folder / requirement)


def archive(folder, requirement):
    wanted = canonical(requirement.replace("==", "-"))
    for path in folder.iterdir():
        name = canonical(path.name)
        if name.startswith(wanted) and name[len(wanted)] in "-." and not name[len(wanted) + 1].isdigit():
            return path
    raise FileNotFoundError(f"pip gave no archive of {requirement}")


def canonical(name):
    return name.lower().replace("_", "-")


def unpack(path, target):
    partial = target.with_name(target.name + ".partial")
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            wheel.extractall(partial)
    else:
        with tarfile.open(path) as sdist:
            sdist.extractall(partial, filter="data")
    partial.rename(target)


def files(folder, per_package=PER_PACKAGE):
    """Names within `folder`, in the list's order."""
    excluded = without()
    for requirement, _ in packages():
        names = [
            path.relative_to(folder).as_posix()
            for path in (folder / requirement).rglob("*.py")
            if path.is_file() and path.stat().st_size <= LARGEST
        ]
        names = [name for name in names if name not in excluded]
        names.sort(key=lambda name: hashlib.sha256(name.encode()).digest())
        yield from sorted(names[:per_package])
