import xml.dom.minidom
import xml.dom.minidom as alias
import os, xml.dom.minidom, sys
import os, xml.dom.minidom as other, pickle
import xml.dom.minidom_longer
import xml.dom.minidom.deeper.still
import not_xml.dom.minidom
from xml.dom.minidom import thing
from xml.dom.minidom import (
    one,
    two as second,
)
from xml.dom import minidom
from xml.dom import minidom as renamed, other
from xml.dom.minidom.sub import thing
from xml.dom.minidomx import thing
from . import minidom
from .xml.dom.minidom import thing
from .. import minidom as up
from x import minidom
__import__("xml.dom.minidom")
__import__('xml.dom.minidom' 'x')
__import__("os", name="xml.dom.minidom")
__import__(module)
__import__()
importlib.import_module("xml.dom.minidom")
importlib.import_module(name="xml.dom.minidom")
importlib.import_module(module)
importlib.import_module()
importlib.import_module("xml.dom.minidom".strip())
importlib.__import__("xml.dom.minidom", globals())
importlib.import_module("xml.dom.minidom.sub")
importlib.import_module(*["xml.dom.minidom"])
importlib.import_module(a.minidom)
import importlib as il
from importlib import import_module
il.import_module("xml.dom.minidom")
import_module("xml.dom.minidom")
import xml.dom.minidom  # nosec
import xml.dom.minidom  # nosec B408
import xml.dom.minidom  # nosec B404,B402
from xml.dom.minidom import (  # nosec
    one,
)
from xml.dom.minidom import (
    one,  # nosec B408
)


def f():
    try:
        import xml.dom.minidom
    except ImportError:
        xml.dom.minidom = None
if x: import xml.dom.minidom; from xml.dom.minidom import *
