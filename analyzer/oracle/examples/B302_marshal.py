import marshal
import marshal as m
from marshal import *
from marshal import loads
marshal.load(f)
marshal.loads(b"x")
marshal.dumps(x)
m.loads(x)
loads(x)
load(x)
[marshal.loads(x)
 for x in y]
