import random
import random as r
from random import randint, choice as c, SystemRandom
import os
from numpy import random as numpy_random
random.Random(); random.random(); random.randrange(1); random.randint(1, 2)
random.choice("abc"); random.choices("abc"); random.uniform(1, 2); random.triangular()
random.randbytes(4); random.sample("abc", 2); random.getrandbits(3)
random.SystemRandom().choice("abc")
random.shuffle(x); random.seed(1); random.gauss(1, 2)
r.random()
randint(1, 2)
c("abc")
numpy_random.random()
numpy.random.random()
SystemRandom().random()
sorted(x, key=lambda _: random.random())
def f(n=random.random()):
    return (random
            .random())
