import telnetlib
import telnetlib as alias
import os, telnetlib, sys
import os, telnetlib as other, pickle
import telnetlib_longer
import telnetlib.deeper.still
import not_telnetlib
from telnetlib import thing
from telnetlib import (
    one,
    two as second,
)
from telnetlib import thing
from telnetlib import thing as renamed, other
from telnetlib.sub import thing
from telnetlibx import thing
from . import telnetlib
from .telnetlib import thing
from .. import telnetlib as up
from x import telnetlib
__import__("telnetlib")
__import__('telnetlib' 'x')
__import__("os", name="telnetlib")
__import__(module)
__import__()
importlib.import_module("telnetlib")
importlib.import_module(name="telnetlib")
importlib.import_module(module)
importlib.import_module()
importlib.import_module("telnetlib".strip())
importlib.__import__("telnetlib", globals())
importlib.import_module("telnetlib.sub")
importlib.import_module(*["telnetlib"])
importlib.import_module(a.telnetlib)
import importlib as il
from importlib import import_module
il.import_module("telnetlib")
import_module("telnetlib")
import telnetlib  # nosec
import telnetlib  # nosec B401
import telnetlib  # nosec B404,B402
from telnetlib import (  # nosec
    one,
)
from telnetlib import (
    one,  # nosec B401
)


def f():
    try:
        import telnetlib
    except ImportError:
        telnetlib = None
if x: import telnetlib; from telnetlib import *
