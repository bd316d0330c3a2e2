type Point = tuple[float, float]
type Point[T, *Ts, **P] = tuple[T, *Ts, Callable[P, T]]
type Deep[T: (int, str) = int, *Ts = *tuple[int], **P = [int]] = T
class Generic[T: int, *Ts, **P](Base[T], metaclass=M): pass
def generic[T](a: T, /, b: T, *, c: T = 1) -> T: return a
async def generic[*Ts](*args: *Ts) -> None: pass
print(f"{f"{f"{1 + 1}"}"}")
print(f"{x!r:^{width}.{precision}}")
print(f"{x = }", f"{x=!r}", f"{x=:>10}", f"{ x = !s : >10 }")
print(f"{
    x  # comment
    + 1
}")
print(f"{'\n'.join(x)}", f"{"nested 'quotes'"}", f'{x["key"]}', f"{x["key"]}")
print(f"{{}}", f"{{{x}}}", f"}}{{", f"\{x}", f"\N{DIGIT ONE}", rf"\{x}", fr"\N{x}", Rb"\x", bR"\x")
print(f"{lambda_(1)}", f"{(lambda x: x)(1)}", f"{(x := 1)}", f"{x:=10}", f"{x,}", f"{*x, 1}", f"{yield_}", f"{x!a}")
print(f'''{
x:
>10}''', f"{x:{'>'}{10}}", f"{x:%Y-%m-%d}", f"{x:a{y:b{z}}}")
print(f"a" "b" f"c{d}" 'e' rf"g{h}", (f"a"
    f"b{c}"
    "d"))
if (n := len(x)) > 10: print(n)
[y := 1, y**2]; {(a := 1): (b := 2)}; x[y := 1]; f(y := 1); {z := 1}
def f(a, b=1, /, c=2, *d, e, f=3, **g): return a, *d
lambda a, b=1, /, c=2, *d, e, f=3, **g: (a, *d)
with (open(a) as b, open(c) as d,): pass
with (a, b): pass
with (a): pass
with (yield_): pass
with a as (b, c), d as [e, f], g as h.i, j as k[0]: pass
try: pass
except* (A, B) as e: pass
except* C: pass
match command.split():
    case [action]: pass
    case [action, obj]: pass
    case Point(x=0, y=0) | Point(0, 0): pass
    case {"a": 1, "b": [x, *rest], **others} if x > 0: pass
    case (1 | 2 | 3) as num: pass
    case -1 | 1.5 | 1+2j | -1-2j | "a" "b" | b"c" | None | True | False: pass
    case a.b.c | [] | () | {} | [_, *_] | (x,) | C(): pass
    case str(x) | int(x): pass
    case *a, b: pass
    case _: pass
match = case = type = _ = 1
match(x); match[x]; match.x; match, case; match * a; match - a; case: int = 1; type = type(x); type[x]; type.x
match x, y:
    case 1, 2: pass
match (x):
    case (1): pass
match -x:
    case 1: pass
match [a, b]:
    case [1, 2]: pass
match {}:
    case {}: pass
async def f():
    async with a as b, c: pass
    async for x in y: pass
    return [x async for x in y], {await x for x in y}, (x async for x in y if await z)
    await a ** await b
    yield
    yield x, y
    x = yield
    x = await y
def f():
    nonlocal_ = yield from g()
    return *a, *b
    x = yield a, b
for x in *a, *b: pass
for x, in y: pass
for (x, y), [z, *w] in v: pass
a[*b]; a[*b, c]; a[b, *c]; a[1:2, *b]; a[::]; a[:]; a[1:]; a[:, 1]; a[()]; a[b:=1, c]
print(*a, *b, c=d, **e, **f)
x = y = z = 1; x, y = y, x; (x), [y] = a; x, *y = z; *x, = y
x: int; x: int = 1; (x): int = 1; x.y: int = 1; x[0]: int = 1
x @= y; x //= y; x **= y; x >>= y; x <<= y; x &= y; x ^= y; x |= y
1_000; 0x_ff; 0b_1; 0o_7; 1_0.0_1; 1e1_0; 1_0j; 00; 0_0; 0e0; .5; 5.; 5.e5; 0xDEADBEEF; 0B1; 0O7; 1E5; 1J
del a, b[0], c.d, (e, f), [g]
global g1, g2
a if b else c if d else e; not a; a is not b; a not in b; a < b < c; a or b and not c; ~-+a; a ** -b; -a ** b; a.b.c(d)(e)[f]
@a.b[c](d)
@(lambda f: f)
@x if y else z
def decorated(): pass
class A(): pass
class A(*b, **c): pass
class A(b, c=d, *e): pass
lambda: (yield)
lambda *, a: a; lambda *a: a; lambda **a: a; lambda a, /: a
assert a, b; raise; raise a; raise a from b; import a.b.c as d, e; from . import a; from .. import b; from ...c import d; from .... import e
from a import (b, c as d,)
from a import *
...; Ellipsis; None; True; False; __debug__; NotImplemented
"a" 'b' """c""" '''d'''; r"\d" R'\d' u"e" U'f'; b"g" B'h' rb"\i" Rb'\j' bR"\k" BR'\l'
{**a, 'b': c, **d}; {*a, *b}; [*a, *b]; (*a, *b); {a: b for c in d if e for f in g}; {a for b in c}; [[a for b in c] for d in e]
print(a for b in c); print((a for b in c), d); a, = b; a = b,; a = ()
