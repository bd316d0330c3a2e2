"""The differences that are known and argued, in known.toml."""

import fnmatch
import tomllib
from pathlib import Path

LIST = Path(__file__).with_name("known.toml")


class Known:
    def __init__(self, text):
        self.entries = tomllib.loads(text).get("known", [])
        for entry in self.entries:
            if set(entry) != {"file", "figure", "what", "reason"} or not entry["reason"].strip():
                raise ValueError(f"an entry needs file, figure, what and reason: {entry}")
        self.met = [False] * len(self.entries)

    def allows(self, **difference):
        """Whether an entry matches its file, its figure and what is said of it."""
        allowed = False
        for at, entry in enumerate(self.entries):
            if all(fnmatch.fnmatchcase(said, entry[key]) for key, said in difference.items()):
                self.met[at] = allowed = True
        return allowed

    def stale(self):
        """Entries that nothing needs any more."""
        return [entry for entry, met in zip(self.entries, self.met) if not met]


def load():
    return Known(LIST.read_text())
