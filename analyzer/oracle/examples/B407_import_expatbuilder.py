import xml.dom.expatbuilder
import xml.dom.expatbuilder as alias
import os, xml.dom.expatbuilder, sys
import os, xml.dom.expatbuilder as other, pickle
import xml.dom.expatbuilder_longer
import xml.dom.expatbuilder.deeper.still
import not_xml.dom.expatbuilder
from xml.dom.expatbuilder import thing
from xml.dom.expatbuilder import (
    one,
    two as second,
)
from xml.dom import expatbuilder
from xml.dom import expatbuilder as renamed, other
from xml.dom.expatbuilder.sub import thing
from xml.dom.expatbuilderx import thing
from . import expatbuilder
from .xml.dom.expatbuilder import thing
from .. import expatbuilder as up
from x import expatbuilder
__import__("xml.dom.expatbuilder")
__import__('xml.dom.expatbuilder' 'x')
__import__("os", name="xml.dom.expatbuilder")
__import__(module)
__import__()
importlib.import_module("xml.dom.expatbuilder")
importlib.import_module(name="xml.dom.expatbuilder")
importlib.import_module(module)
importlib.import_module()
importlib.import_module("xml.dom.expatbuilder".strip())
importlib.__import__("xml.dom.expatbuilder", globals())
importlib.import_module("xml.dom.expatbuilder.sub")
importlib.import_module(*["xml.dom.expatbuilder"])
importlib.import_module(a.expatbuilder)
import importlib as il
from importlib import import_module
il.import_module("xml.dom.expatbuilder")
import_module("xml.dom.expatbuilder")
import xml.dom.expatbuilder  # nosec
import xml.dom.expatbuilder  # nosec B407
import xml.dom.expatbuilder  # nosec B404,B402
from xml.dom.expatbuilder import (  # nosec
    one,
)
from xml.dom.expatbuilder import (
    one,  # nosec B407
)


def f():
    try:
        import xml.dom.expatbuilder
    except ImportError:
        xml.dom.expatbuilder = None
if x: import xml.dom.expatbuilder; from xml.dom.expatbuilder import *
