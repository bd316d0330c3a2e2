import pyghmi
import pyghmi as alias
import os, pyghmi, sys
import os, pyghmi as other, pickle
import pyghmi_longer
import pyghmi.deeper.still
import not_pyghmi
from pyghmi import thing
from pyghmi import (
    one,
    two as second,
)
from pyghmi import thing
from pyghmi import thing as renamed, other
from pyghmi.sub import thing
from pyghmix import thing
from . import pyghmi
from .pyghmi import thing
from .. import pyghmi as up
from x import pyghmi
__import__("pyghmi")
__import__('pyghmi' 'x')
__import__("os", name="pyghmi")
__import__(module)
__import__()
importlib.import_module("pyghmi")
importlib.import_module(name="pyghmi")
importlib.import_module(module)
importlib.import_module()
importlib.import_module("pyghmi".strip())
importlib.__import__("pyghmi", globals())
importlib.import_module("pyghmi.sub")
importlib.import_module(*["pyghmi"])
importlib.import_module(a.pyghmi)
import importlib as il
from importlib import import_module
il.import_module("pyghmi")
import_module("pyghmi")
import pyghmi  # nosec
import pyghmi  # nosec B415
import pyghmi  # nosec B404,B402
from pyghmi import (  # nosec
    one,
)
from pyghmi import (
    one,  # nosec B415
)


def f():
    try:
        import pyghmi
    except ImportError:
        pyghmi = None
if x: import pyghmi; from pyghmi import *
