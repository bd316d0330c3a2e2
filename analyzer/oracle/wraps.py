"""Mutations that put code into other code: a call into an f-string, lines into a function."""

import re

INDENT = re.compile(r"^[ \t]*")

EXPRESSIONS = (
    "({})", "[{}]", "{{{}}}", "({},)", "lambda: {}", "(lambda a={}: a)", "not {}", "-{}", "await {}", "(yield {})", "(x := {})",
    "x[{}]", "x[{}:{}]", "{}.y", "{}[0]", "{}()", "f({})", "f(a={})", "f(*{})", "f(**{})", "f(\n    {},\n)", "{} + x", "x + {}",
    "{} % x", "{} and x", "{} if x else y", "x if {} else y", "{} < x < y", "[a for a in {}]", "[{} for a in b]", "{{a: {} for a in b if {}}}",
    'f"{{{}}}"', "f'{{{}!r:>{{x}}}}'", 'f"a{{x}}b{{{}}}c"', "f'''{{\n{}\n}}'''", "str({}).format(x)", "{}.replace(x, y)", "{} or {}",
    "x.execute({})", "mark_safe({})", "Markup({})", "os.system({})", "subprocess.run({}, shell=True)", "eval({})", "yaml.load({})",
    "jinja2.Environment(autoescape={})", "requests.get({})", "{}\\\n  .z", "(\n{}  # nosec\n)", "hashlib.new({})",
)

BLOCKS = (
    "if x:", "else_ = 1\nif x and y:", "for x in y:", "while x or y:", "with x as y:", "with eval('x'):", "def f():", "def f(password='x'):",
    "async def f(a, *, b=1):", "class C:", "class C(B, metaclass=M):", "@decorator\ndef f():", "@a.b(1)\nclass D(E):", "try:",
    "match x:\n    case 1:", "match x:\n    case {'a': b} if b:", "for x in y:\n    for z in x:", "if a:\n    pass\nelif b:",
)

INSERTIONS = (
    "assert x", "exec(x)", "eval('1')  # nosec", "password = 'x'", "x = {'token': 'y', 'pwd': 1}", "import pickle", "import subprocess as sp",
    "from os import system", "subprocess.call('ls *', shell=True)", "os.chmod('x', 0o777)", "try: pass\nexcept: pass",
    "for i in x:\n    try: pass\n    except Exception: continue", "requests.get('x', verify=False)", "x = '/tmp/y'", "hashlib.md5(x)",
    "tarfile.open(x).extractall()", "import tarfile", "random.choice(x)", "pickle.loads(x)", "q = 'select a from b where c = %s' % x",
    "q = f'''select {a}\nfrom {b}\nwhere c'''", "def f(a, token='x', *, b='/tmp'): return a and b", "class C:\n    def m(self): return 1 if self else 2",
    "x = [a for a in b if a if b]", "lambda a: a and b or c", "match x:\n    case 1: pass\n    case _: pass", "with a, b: assert c",
    "async def g():\n    async for x in y: await z", "'''string\nalone'''", "# comment", "", "\f", "x = 1; y = 2; z = 3", "if x: y = 1",
    "x: int = 1", "x = \\\n    1", "f(a,\n\n  b)", "x = a + a * 1 - 1.0 ** True", "x += -1 if not a else ~b", "'a' 'b'", "('a')", "...", "pass",
    "app.run(debug=True)", "import flask", "import paramiko", "client.exec_command(x)", "type X[T] = int", "def g[T: int](a: T): pass",
    "try: pass\nexcept* E: pass\nelse: pass\nfinally: pass", "while a and b:\n    pass\nelse:\n    pass", "global x", "print(f'{x!r:>{y}}')",
    "from django.utils.safestring import mark_safe", "mark_safe(x)", "mark_safe('a %s' % x)", "import torch", "torch.load(x)",
    "@a\n@b(1)\ndef h(self, x=1): \n    '''Doc.'''\n    def i(): return x\n    return i", "def j():\n    class K:\n        def l(self): assert x\n    return K",
)


def expression(chance, match):
    """A call, wrapped."""
    form = chance.choice(EXPRESSIONS)
    return form.format(*[match[0]] * 2)


def statements(chance, text):
    """Some lines, in a block of their own."""
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    to = at + chance.choice((1, 1, 2, 4, 8))
    space = INDENT.match(lines[at])[0]
    head = [space + line for line in chance.choice(BLOCKS).split("\n")]
    body = ["    " + INDENT.match(head[-1])[0][len(space) :] + line for line in lines[at:to]]
    tail = [space + "except Exception:", space + "    pass"] if head[-1].strip() == "try:" else []
    return "\n".join(lines[:at] + head + body + tail + lines[to:])


def insertion(chance, text):
    """A statement of ours before one of theirs."""
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    space = INDENT.match(lines[at])[0]
    new = [space + line for line in chance.choice(INSERTIONS).split("\n")]
    return "\n".join(lines[:at] + new + lines[at:])
