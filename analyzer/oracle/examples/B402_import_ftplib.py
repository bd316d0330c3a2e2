import ftplib
import ftplib as alias
import os, ftplib, sys
import os, ftplib as other, pickle
import ftplib_longer
import ftplib.deeper.still
import not_ftplib
from ftplib import thing
from ftplib import (
    one,
    two as second,
)
from ftplib import thing
from ftplib import thing as renamed, other
from ftplib.sub import thing
from ftplibx import thing
from . import ftplib
from .ftplib import thing
from .. import ftplib as up
from x import ftplib
__import__("ftplib")
__import__('ftplib' 'x')
__import__("os", name="ftplib")
__import__(module)
__import__()
importlib.import_module("ftplib")
importlib.import_module(name="ftplib")
importlib.import_module(module)
importlib.import_module()
importlib.import_module("ftplib".strip())
importlib.__import__("ftplib", globals())
importlib.import_module("ftplib.sub")
importlib.import_module(*["ftplib"])
importlib.import_module(a.ftplib)
import importlib as il
from importlib import import_module
il.import_module("ftplib")
import_module("ftplib")
import ftplib  # nosec
import ftplib  # nosec B402
import ftplib  # nosec B404,B402
from ftplib import (  # nosec
    one,
)
from ftplib import (
    one,  # nosec B402
)


def f():
    try:
        import ftplib
    except ImportError:
        ftplib = None
if x: import ftplib; from ftplib import *
