import subprocess
import subprocess as alias
import os, subprocess, sys
import os, subprocess as other, pickle
import subprocess_longer
import subprocess.deeper.still
import not_subprocess
from subprocess import thing
from subprocess import (
    one,
    two as second,
)
from subprocess import thing
from subprocess import thing as renamed, other
from subprocess.sub import thing
from subprocessx import thing
from . import subprocess
from .subprocess import thing
from .. import subprocess as up
from x import subprocess
__import__("subprocess")
__import__('subprocess' 'x')
__import__("os", name="subprocess")
__import__(module)
__import__()
importlib.import_module("subprocess")
importlib.import_module(name="subprocess")
importlib.import_module(module)
importlib.import_module()
importlib.import_module("subprocess".strip())
importlib.__import__("subprocess", globals())
importlib.import_module("subprocess.sub")
importlib.import_module(*["subprocess"])
importlib.import_module(a.subprocess)
import importlib as il
from importlib import import_module
il.import_module("subprocess")
import_module("subprocess")
import subprocess  # nosec
import subprocess  # nosec B404
import subprocess  # nosec B404,B402
from subprocess import (  # nosec
    one,
)
from subprocess import (
    one,  # nosec B404
)


def f():
    try:
        import subprocess
    except ImportError:
        subprocess = None
if x: import subprocess; from subprocess import *
