import xmlrpc
import xmlrpc as alias
import os, xmlrpc, sys
import os, xmlrpc as other, pickle
import xmlrpc_longer
import xmlrpc.deeper.still
import not_xmlrpc
from xmlrpc import thing
from xmlrpc import (
    one,
    two as second,
)
from xmlrpc import thing
from xmlrpc import thing as renamed, other
from xmlrpc.sub import thing
from xmlrpcx import thing
from . import xmlrpc
from .xmlrpc import thing
from .. import xmlrpc as up
from x import xmlrpc
__import__("xmlrpc")
__import__('xmlrpc' 'x')
__import__("os", name="xmlrpc")
__import__(module)
__import__()
importlib.import_module("xmlrpc")
importlib.import_module(name="xmlrpc")
importlib.import_module(module)
importlib.import_module()
importlib.import_module("xmlrpc".strip())
importlib.__import__("xmlrpc", globals())
importlib.import_module("xmlrpc.sub")
importlib.import_module(*["xmlrpc"])
importlib.import_module(a.xmlrpc)
import importlib as il
from importlib import import_module
il.import_module("xmlrpc")
import_module("xmlrpc")
import xmlrpc  # nosec
import xmlrpc  # nosec B411
import xmlrpc  # nosec B404,B402
from xmlrpc import (  # nosec
    one,
)
from xmlrpc import (
    one,  # nosec B411
)


def f():
    try:
        import xmlrpc
    except ImportError:
        xmlrpc = None
if x: import xmlrpc; from xmlrpc import *
