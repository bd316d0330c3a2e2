// Python to upload.

/** Findings of three severities, a class, a branchy function. */
export const MIXED = `import hashlib
import subprocess


class Store:
    """Keeps things."""

    def digest(self, text):
        return hashlib.md5(text.encode()).hexdigest()

    def run(self, command):
        assert command
        return subprocess.run(command, shell=True)


def level(n):
    if n > 100 and n % 2 == 0:
        return "high"
    elif n > 10 or n < -10:
        return "medium"
    for i in range(n):
        if i % 3:
            continue
    return "low"


password = "hunter2hunter2"
`;

/** MIXED with lines moved, one finding gone, one new. */
export const MIXED_LATER = `# A comment that moves everything down.

import hashlib
import pickle
import subprocess


def level(n):
    if n > 100 and n % 2 == 0:
        return "high"
    elif n > 10 or n < -10:
        return "medium"
    for i in range(n):
        if i % 3:
            continue
    return "low"


class Store:
    """Keeps things."""

    def digest(self, text):
        return hashlib.md5(text.encode()).hexdigest()

    def run(self, command):
        return subprocess.run(command, shell=True)


def load(data):
    return pickle.loads(data)


password = "hunter2hunter2"
`;

export const CLEAN = `def add(a, b):
    """Adds."""
    return a + b
`;

export const BROKEN = `import os

def broken(:
    return "a string"  # and a comment
`;

/** A zip of stored (not compressed) files, as the format has it. */
export function zip(files) {
  const entries = [];
  const parts = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const path = Buffer.from(name);
    const data = Buffer.from(text);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(20, 4);
    head.writeUInt16LE(0x0800, 6);
    head.writeUInt32LE(crc32(data), 14);
    head.writeUInt32LE(data.length, 18);
    head.writeUInt32LE(data.length, 22);
    head.writeUInt16LE(path.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(20, 4);
    head.copy(entry, 6, 4, 30);
    entry.writeUInt32LE(offset, 42);
    entries.push(entry, path);
    parts.push(head, path, data);
    offset += head.length + path.length + data.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length / 2, 8);
  end.writeUInt16LE(entries.length / 2, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, directory, end]);
}

function crc32(data) {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
  }
  return (crc ^ 0xffffffff) >>> 0;
}
