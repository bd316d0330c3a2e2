#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""One line."""
'''Also one line'''  # with a comment
"""Over
lines.

With a blank.
"""
"""Over
lines with a comment after.
"""  # comment
x = """Assigned
over
lines"""
'one'; 'two'
'one' 'two'
('one')
b'bytes'
r'raw'
f'formatted'
f'''formatted
over lines'''
f''
u'unicode'

# comment

    # indented comment

x = 1  # comment
x = 1; y = 2
x = 1; y = 2;
if x: y
if x: y; z
if x:
    y
if x:  # comment
    pass
else: pass
for x in y: pass
while x: pass; pass
class C: pass
class C: x = 1; y = 2
def f(): return 1
def f(a: int = 1) -> int: return a
def f(a: int): pass
lambda: 1
x = lambda: 1
{1: 2}
x[1:2]
x[1:2]; y[3:4]
x: int
x: int = 1
{1: 2}; x
x = {
    1: 2,
    3: 4,
}
x = {

    1: 2,

}
f(
    a,  # comment

    b,
    # comment
)
x = (
    # only a comment
)
x = \
    1
x = 1 + \
    2 + \
    3
if x and \
   y:
    pass
assert x, \
    "y"
"a" \
"b"
x = "a\
b"
"""a\
b"""
x = 1 if y else 2
with a: pass
with a, b: pass
try: pass
except: pass
except A: pass
except A as b: pass
finally: pass
match x:
    case 1: pass
    case {1: 2}: pass
    case _:
        pass
@decorator
@decorator(a=1)
def f(): pass
async def f(): await x
type X = int
type X[T: int] = T
def f[T: int](): pass
x = [
    y for y in z
    if y
]
pass; pass; pass
