import os as subprocess
import subprocess as os
os.system("ls"); subprocess.system("ls"); os.call("ls"); subprocess.call("ls")
import a.b.c as d
from a.b import c
d.e(shell=True); c.d(shell=True)
import pickle as a, marshal as b
from a import loads
a.loads(x); b.loads(x); loads(x)
from . import os as relative
from .. import system
from .os import system as s
relative.system("x"); system("x"); s("x")
from os import *
system("y")
import os.path as p
p.system("x"); p.chmod("x", 0o777)
def f():
    from os import system as inner
    inner("x")
inner("y")
os.path.system("z")
import importlib
from subprocess import Popen as call, call as Popen
call("x"); Popen("x", shell=True)
import subprocess.run as run
run("x")
from subprocess import *
run("y")
import yaml, yaml as yy
yy.load(x); yaml.load(x)
import x as yaml
yaml.load(x)
from pickle import loads as pickle
pickle.loads(x); pickle(x)
import os as os
os.system("x")
import os
os.system("x")
