def empty(): pass
def one_if(a):
    if a: return 1
    elif a > 2: return 2
    elif a > 3: return 3
    else: return 4
def ifs_in_expressions(a):
    return 1 if a else 2 if a > 1 else 3
def booleans(a, b, c, d):
    return a and b and c or d or (a and not b)
def loops(a):
    for x in a: pass
    else: pass
    while a: pass
    else: pass
    for y in a: break
def tries():
    try: a()
    except A: b()
    except (B, C): c()
    except: d()
    else: e()
    finally: f()
def tries_star():
    try: a()
    except* A: b()
    except* B: c()
    else: d()
def finally_only():
    try: a()
    finally: b()
def withs():
    with a, b as c: pass
def asserts(a):
    assert a and a or a, "x" if a else "y"
    assert [x for x in a if x]
def lambdas():
    return lambda a: a and (lambda b: b or a if b else a)
def comprehensions(a):
    return [x for x in a if x if x > 1 for y in x if y and x], {x for x in a}, {x: y for x in a for y in x}, (x for x in a if x)
def matches(a):
    match a:
        case 1: pass
        case 2 if a: pass
        case [x, y]: pass
        case _: pass
def matches_capture(a):
    match a:
        case 1: pass
        case other: pass
def matches_none(a):
    match a:
        case 1 | 2 | 3: pass
        case {"k": v, **rest}: pass
        case C(x=1): pass
        case str() as s: pass
        case None: pass
def matches_only_wildcard(a):
    match a:
        case _: pass
def matches_wildcards(a):
    match a:
        case x if x: pass
        case y if y and x: pass
        case (z): pass
def closures(a):
    def inner(b):
        if b: pass
        def innermost(c):
            return c or b
        return innermost
    if a:
        def in_if(): return a and a
    for x in a:
        def in_loop(): pass
    class Local:
        def method(self):
            if self: pass
    return lambda: inner
async def asynchronous(a):
    async for x in a:
        if x: pass
    else: pass
    async with a as b: pass
    return [x async for x in a if await x]
class Empty: pass
class Methods:
    attr = 1 if True else 2
    def first(self, a=1 if True else 2, *b: 1 and 2):
        if a: pass
    @property
    def second(self): return 1 or 2
    @staticmethod
    async def third(): pass
    class Inner:
        x = [y for y in z]
        def of_inner(self):
            if self: pass
        class Innermost:
            def deep(self): return 1 and 2
    def fourth(self):
        def closure():
            if self: pass
        class InMethod:
            def method(self): pass
        return closure
    if attr:
        def conditional(self): pass
    for i in attr:
        def in_loop(self): pass
    try:
        def in_try(self): pass
    except E: pass
    lambda: 1 and 2
    assert attr
    attr: int = 1 and 2
class OneMethod:
    def only(self):
        if self: pass
class NoMethods(A if B else C, metaclass=D and E):
    a = 1 and 2 or 3
    if a: b = 1
    while a: pass
class Nested:
    class A:
        def m(self): pass
    class B:
        class C:
            def m(self):
                if self: pass
@decorator(1 if a else 2)
def decorated(): pass
@first
@second(
    over,
    lines=1 and 2,
)
class Decorated:
    @third
    @fourth(
        1
    )
    def method(
        self,
        a,
    ):
        """Docstring."""

        return (
            a
            or self
        )

    # trailing comment


if condition:
    def conditional(): pass
    class Conditional:
        def method(self): pass
else:
    def conditional(): pass
for x in y:
    def in_for(): pass
while x:
    class InWhile: pass
with x:
    def in_with(): pass
    async def async_in_with(): pass
try:
    def in_try(): pass
except E:
    def in_except(): pass
else:
    def in_else(): pass
finally:
    def in_finally(): pass
match x:
    case 1:
        def in_match(): pass
lambda: [x for x in y if z]
def generic[T: (int, str)](a: T) -> T if T else None: return a
def defaults(a=lambda x: x and x, b=[x for x in y if x]): return a
def same_name(): pass
def same_name():
    if a: pass
def returns_string():
    return """
    over
    lines
    """
def big(a):
    if a == 1: pass
    if a == 2: pass
    if a == 3: pass
    if a == 4: pass
    if a == 5: pass
    if a == 6: pass
    if a == 7: pass
    if a == 8: pass
    if a == 9: pass
    if a == 10: pass
    if a == 11: pass
