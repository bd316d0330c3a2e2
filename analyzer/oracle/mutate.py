"""Variants of the files, from a seed: what nobody wrote, but somebody might.

A mutant is a real file with one to four changes of a few lines or tokens. Most still parse;
those that do not are of use as well, as the engine must refuse what CPython refuses.
"""

import random
import re

import wraps

LARGEST = 40_000
NOSEC = (
    "# nosec",
    "#nosec",
    "# nosec B101",
    "# nosec: B105,B106,B107",
    "# nosec B602, B603, B607",
    "# nosec assert_used",
    "# nosec blacklist",
    "# nosec because",
    "# comment # nosec B608 # more",
    "# type: ignore # nosec",
)
LITERALS = (
    '"/tmp/x"', "'0.0.0.0'", 'b"x"', 'f"{x}"', "r'\\d'", '"é"', '"""a\nb"""', '"a" "b"', "True", "False", "None",
    "0", "1", "0o777", "1.5", "1e400", "0xFF", "10j", "...", "-1", "[]", "()", "{}", "[1, 'a']", "{'password': 'x'}",
    '"select a from b where " + c', '"SELECT %s FROM t " % c', "f'select {a} from b '", "x.y", "f()", "lambda: 0",
    "(yield)", "not x", "a if b else c", "[x for x in y if x]", '"\\ud800"', '""', "''''''", "f'{a!r:>{b}}'",
)
TOKEN = re.compile(r"\w+|[^\w\s]|\s+")
NAME = re.compile(r"(?<![\w.])([a-z_]\w*)\.(?=\w)")
IMPORT = re.compile(r"^(\s*)import ([\w.]+)\s*$")
FROM = re.compile(r"^(\s*)from ([\w.]+) import (\w+)\s*$")
STRING = re.compile(r"\"[^\"\\\n]*\"|'[^'\\\n]*'|\b\d+\b|\bTrue\b|\bFalse\b|\bNone\b")
CALL = re.compile(r"([\w.]+)\(([^()\n]*)\)")
INDENT = re.compile(r"^[ \t]*")


def some_line(chance, lines, wanted=lambda line: line.strip()):
    """The number of a line, or None."""
    numbers = [number for number, line in enumerate(lines) if wanted(line)]
    return chance.choice(numbers) if numbers else None


def on_a_line(change, wanted=lambda line: line.strip()):
    """A mutation of the whole text from one of a line."""

    def mutation(chance, text):
        lines = text.split("\n")
        number = some_line(chance, lines, wanted)
        if number is not None:
            lines[number] = change(chance, lines[number])
        return "\n".join(lines)

    return mutation


def substitute(pattern, replacement):
    """One match of the pattern in one line, replaced."""

    def change(chance, line):
        matches = list(pattern.finditer(line))
        match = chance.choice(matches)
        return line[: match.start()] + replacement(chance, match) + line[match.end() :]

    return on_a_line(change, lambda line: pattern.search(line))


def alias_import(chance, text):
    """`import a.b` under another name, which the uses of it follow or do not."""
    lines = text.split("\n")
    number = some_line(chance, lines, lambda line: IMPORT.match(line) or FROM.match(line))
    if number is None:
        return text
    name = chance.choice(("alias", "os", "_", "x", "password", "é"))
    lines[number] += f" as {name}"
    imported = (IMPORT.match(lines[number].rsplit(" as", 1)[0]) or [0, 0, "x"])[2]
    text = "\n".join(lines)
    if chance.random() < 0.6:
        text = re.sub(rf"(?<![\w.]){re.escape(imported)}\.(?!\w+ as)", f"{name}.", text)
    return text


def import_otherwise(chance, text):
    lines = text.split("\n")
    number = some_line(chance, lines, lambda line: IMPORT.match(line) or FROM.match(line))
    if number is None:
        return text
    if match := FROM.match(lines[number]):
        space, module, name = match.groups()
        forms = ("{s}import {m}.{n}", "{s}import {m}", "{s}from {m} import *", "{s}from .{m} import {n}",
                 "{s}from . import {n}", "{s}from {m} import ({n},)", "{s}from {m} import a, {n} as b, {n}",
                 "{s}{n} = __import__('{m}').{n}", "{s}import importlib; {n} = importlib.import_module('{m}')")
    else:
        space, module = IMPORT.match(lines[number]).groups()
        name = module.rsplit(".", 1)[-1]
        forms = ("{s}import os, {m}, sys", "{s}from {m} import *", "{s}from . import {m}", "{s}{n} = __import__('{m}')",
                 "{s}try: import {m}\n{s}except ImportError: pass", "{s}import \\\n{s}  {m}", "{s}import {m} ; x = 1",
                 "{s}if x: import {m}", "{s}from {m} import {n}", "{s}import {m}.{n}")
    lines[number] = chance.choice(forms).format(s=space, m=module, n=name)
    return "\n".join(lines)


def move_line(chance, text):
    lines = text.split("\n")
    line = lines.pop(chance.randrange(len(lines)))
    lines.insert(chance.randrange(len(lines) + 1), line)
    return "\n".join(lines)


def delete_lines(chance, text):
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    del lines[at : at + chance.choice((1, 1, 1, 2, 5))]
    return "\n".join(lines)


def duplicate_lines(chance, text):
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    block = lines[at : at + chance.choice((1, 1, 3, 10))]
    return "\n".join(lines[:at] + block + lines[at:])


def delete_token(chance, line):
    tokens = TOKEN.findall(line)
    del tokens[chance.randrange(len(tokens))]
    return "".join(tokens)


def duplicate_token(chance, line):
    tokens = TOKEN.findall(line)
    at = chance.randrange(len(tokens))
    return "".join(tokens[:at] + [tokens[at]] + tokens[at:])


def swap_tokens(chance, line):
    tokens = TOKEN.findall(line)
    one, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
    tokens[one], tokens[other] = tokens[other], tokens[one]
    return "".join(tokens)


def swap_arguments(chance, match):
    """Positional arguments made keywords, keywords made positional, the order turned."""
    arguments = [argument.strip() for argument in match[2].split(",") if argument.strip()]
    at = chance.randrange(len(arguments)) if arguments else 0
    keyword = chance.choice(("shell", "password", "timeout", "verify", "debug", "x", "Loader", "members", "filter"))
    turn = chance.randrange(5)
    if turn == 0:
        arguments.reverse()
    elif turn == 1 and arguments:
        arguments[at] = f"{keyword}={arguments[at].split('=')[-1]}"
    elif turn == 2 and arguments:
        arguments[at] = arguments[at].split("=", 1)[-1]
    elif turn == 3:
        arguments.append(f"{keyword}={chance.choice(LITERALS)}")
    else:
        arguments.insert(at, chance.choice(("*x", "**x", chance.choice(LITERALS))))
    return f"{match[1]}({', '.join(arguments)})"


def over_lines(chance, match):
    break_ = chance.choice(("\n", "\n\n", "  # nosec\n", "  # comment\n", "\n    "))
    return f"{match[1]}({break_}{match[2].replace(',', ',' + break_)}{break_})"


def reindent(chance, line):
    space = INDENT.match(line)[0]
    other = chance.choice((space + " ", space + "    ", space[:-1], space[:-4], space.replace("    ", "\t"), "\t" + space, "\f" + space))
    return other + line[len(space) :]


def tabs(chance, text):
    return text.replace("    ", chance.choice(("\t", "  ", " ", "        ")))


def line_ends(chance, text):
    return text.replace("\n", chance.choice(("\r\n", "\r", "\n\n")))


def some_line_ends(chance, text):
    lines = text.split("\n")
    return "".join(line + chance.choice(("\n", "\n", "\n", "\r\n", "\r")) for line in lines)


def odd_character(chance, text):
    at = chance.randrange(len(text) + 1)
    odd = chance.choice("\f\v\0\t\r\x1a\x1c\x85\u2028\u200b\u202e\u00a0\ufeffé😀\\;:`$?!@,.()[]{}'\"#")
    return text[:at] + odd + text[at:]


def cut(chance, text):
    return text[: chance.randrange(len(text) + 1)]


def no_final_newline(chance, text):
    return text.rstrip() + chance.choice(("", "\\", "    ", "# end", "\n\n\n", ";", " # nosec"))


def quotes(chance, match):
    body = match[0].strip("\"'")
    return chance.choice(('"""{}"""', "'''{}'''", "'{}'", 'f"{}"', 'f"{{x}}{}"', 'r"{}"', 'b"{}"', '("{}")', '"{}" "x"', '"{}" % x', '"{}".format(x)', '"{}" + x', '("{}"\n "y")')).format(body)


MUTATIONS = (
    alias_import,
    import_otherwise,
    move_line,
    delete_lines,
    duplicate_lines,
    on_a_line(delete_token),
    on_a_line(duplicate_token),
    on_a_line(swap_tokens),
    on_a_line(lambda chance, line: line + "  " + chance.choice(NOSEC)),
    on_a_line(lambda chance, line: line + "  " + chance.choice(NOSEC)),
    on_a_line(lambda chance, line: INDENT.match(line)[0] + chance.choice(NOSEC) + "\n" + line),
    on_a_line(reindent),
    substitute(STRING, lambda chance, match: chance.choice(LITERALS)),
    substitute(STRING, lambda chance, match: chance.choice(LITERALS)),
    substitute(STRING, quotes),
    substitute(CALL, swap_arguments),
    substitute(CALL, over_lines),
    substitute(CALL, wraps.expression),
    substitute(CALL, wraps.expression),
    substitute(NAME, lambda chance, match: chance.choice(("self.", "x[0].", "f().", "(" + match[1] + ").", "subprocess.", "os."))),
    wraps.statements,
    wraps.insertion,
    wraps.insertion,
    tabs,
    line_ends,
    some_line_ends,
    odd_character,
    cut,
    no_final_newline,
)


def encoded(chance, text):
    """Mostly UTF-8; sometimes what the first line then declares, or does not."""
    turn = chance.random()
    if turn < 0.04:
        return b"\xef\xbb\xbf" + text.encode("utf-8", "surrogatepass")
    if turn < 0.10:
        name = chance.choice(("latin-1", "cp1252", "ascii", "utf-8", "iso-8859-15", "koi8-r", "no-such"))
        declared = f"# -*- coding: {name} -*-\n" + text
        written = name if name != "no-such" else "utf-8"
        return declared.encode(written, "replace")
    if turn < 0.12:
        return text.encode("latin-1", "replace")
    return text.encode("utf-8", "surrogatepass")


def mutant(chance, source):
    text = source.decode("utf-8", "replace")
    for _ in range(chance.choice((1, 1, 2, 3, 4))):
        text = chance.choice(MUTATIONS)(chance, text)
    return encoded(chance, text)


def write(sources, folder, count, seed):
    """`count` mutants of the given named files; the paths, in order."""
    folder.mkdir(parents=True, exist_ok=True)
    small = [(name, path) for name, path in sources if path.stat().st_size <= LARGEST]
    examples = [(name, path) for name, path in small if name.startswith("examples/")]
    paths = []
    for number in range(count):
        chance = random.Random(f"{seed}:{number}")
        # Half of them of the examples, in which every line is near some check.
        _, path = chance.choice(examples if examples and number % 2 else small)
        made = folder / f"{seed}-{number:05}.py"
        made.write_bytes(mutant(chance, path.read_bytes()))
        paths.append(made)
    return paths
