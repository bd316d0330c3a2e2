a = 1 + 1
b = 1 + 1.0 + True + 1j - 1j + 1e0
c = 0 == False == 0.0 == -0.0 == 0j
d = "x" + x + 'x' + b"x" + x.x + y.x + z.w
e = None is None or ... is ... or None == "None"
f = 1e999 + 1e9999 - 1e999 * 0
g = 100000000000000000000000 + 1e23 + 100000000000000000000000.0
h = 9007199254740993 + 9007199254740992.0 + 9007199254740993.0
i = 0x10 + 16 + 0b10000 + 1_6 + 16.0 + 0o20
j = -1 + -1 - (-1) + ~1 + +1 + (not 1) + -(-1)
k = (1, 2) + (1, 2) + [1] + [1] + {} + {} + {1} + f"x" + f"x" + f"{x}" + "x" "y" + "xy"
l = f() + f() + a[0] + a[0] + a[0:1] + (lambda: 1) + (lambda: 1)
m = a < b <= c == d != e > f >= g is h is not i in j not in k
n = a and b and c or d or a
o = a if b + c else d - e
a += 1; a -= 1; a *= 1; a /= 1; a //= 1; a %= 1; a **= 1; a @= 1; a |= 1; a &= 1; a ^= 1; a <<= 1; a >>= 1
a.b += 1; a[b] += c; a.b.c -= a.b.c
p = a + b - c * d / e // f % g ** h @ i | j & k ^ l << m >> n
q = not a, -a, +a, ~a, not not a
r = [x + 1 for x in y if x > 2], {x: x * 2 for x in y}, (x or 1 for x in y)
s = f"{a + b} {c - d!r:>{e * f}}"
t = "é" + "e\u0301" + "\u00e9" + é
u = "\ud800" + "\udfff" + "\ud800"
v = 0.1 + 0.10 + 1e-1 + .1 + 0.1000000000000000055511151231257827
w = 1j + 1.0j + 0j + 0 + 0.0j + 1e0j
x = a ** -b, -a ** b, (-a) ** b, await_ + 1
y = (z := a + b) + z
ﬁ = 1 + ﬁ + fi
class C:
    a = 1 + 2
    def method(self, a=1 + 2, *b: 3 + 4) -> 5 + 6:
        self.x = self.x + self.y + 1
        def inner(): return a + 1 + "method"
        return lambda q=a + 1: q + 1
    async def method(self): return 1 + 1
@decorated(1 + 2)
def function(a=1 + 1):
    """Docstring"""
    b = a + 1
    class Local:
        c = 1 + 2
        def method(self): return c + 3
    def nested(d):
        def deeper(e): return e + d
        return deeper(d) + 1
    return nested(b) - b
def function(): return 1 * 2
def no_operators(): return f(a)
def only_not(): return not True
async def asynchronous(): return await a + await a
if a < 1:
    def conditional(): return a < 1
match a + 1:
    case -1 | 1 + 2j | -1 - 2j if a > 1: pass
    case a.b | "x" | None: pass
type A = int | str
def g[T: int | str = a | b](x: int | str = 1 | 2): return x | 1
del a[b + c]; assert a + b, c + d; raise a + b from c + d
for a.x[i + 1] in b + c: pass
with a + b as c[d + e]: pass
global_ = a + (yield_ := b)
x: int + 1 = 2 + 3
print(a + b, *c + d, e=f + g, **h + i)
a = b = c + d
(a + b).c + d[e + f].g
a + b;
a < b < c < a
