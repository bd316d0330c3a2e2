import xml.dom.pulldom
import xml.dom.pulldom as alias
import os, xml.dom.pulldom, sys
import os, xml.dom.pulldom as other, pickle
import xml.dom.pulldom_longer
import xml.dom.pulldom.deeper.still
import not_xml.dom.pulldom
from xml.dom.pulldom import thing
from xml.dom.pulldom import (
    one,
    two as second,
)
from xml.dom import pulldom
from xml.dom import pulldom as renamed, other
from xml.dom.pulldom.sub import thing
from xml.dom.pulldomx import thing
from . import pulldom
from .xml.dom.pulldom import thing
from .. import pulldom as up
from x import pulldom
__import__("xml.dom.pulldom")
__import__('xml.dom.pulldom' 'x')
__import__("os", name="xml.dom.pulldom")
__import__(module)
__import__()
importlib.import_module("xml.dom.pulldom")
importlib.import_module(name="xml.dom.pulldom")
importlib.import_module(module)
importlib.import_module()
importlib.import_module("xml.dom.pulldom".strip())
importlib.__import__("xml.dom.pulldom", globals())
importlib.import_module("xml.dom.pulldom.sub")
importlib.import_module(*["xml.dom.pulldom"])
importlib.import_module(a.pulldom)
import importlib as il
from importlib import import_module
il.import_module("xml.dom.pulldom")
import_module("xml.dom.pulldom")
import xml.dom.pulldom  # nosec
import xml.dom.pulldom  # nosec B409
import xml.dom.pulldom  # nosec B404,B402
from xml.dom.pulldom import (  # nosec
    one,
)
from xml.dom.pulldom import (
    one,  # nosec B409
)


def f():
    try:
        import xml.dom.pulldom
    except ImportError:
        xml.dom.pulldom = None
if x: import xml.dom.pulldom; from xml.dom.pulldom import *
