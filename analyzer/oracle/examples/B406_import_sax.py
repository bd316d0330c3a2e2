import xml.sax
import xml.sax as alias
import os, xml.sax, sys
import os, xml.sax as other, pickle
import xml.sax_longer
import xml.sax.deeper.still
import not_xml.sax
from xml.sax import thing
from xml.sax import (
    one,
    two as second,
)
from xml import sax
from xml import sax as renamed, other
from xml.sax.sub import thing
from xml.saxx import thing
from . import sax
from .xml.sax import thing
from .. import sax as up
from x import sax
__import__("xml.sax")
__import__('xml.sax' 'x')
__import__("os", name="xml.sax")
__import__(module)
__import__()
importlib.import_module("xml.sax")
importlib.import_module(name="xml.sax")
importlib.import_module(module)
importlib.import_module()
importlib.import_module("xml.sax".strip())
importlib.__import__("xml.sax", globals())
importlib.import_module("xml.sax.sub")
importlib.import_module(*["xml.sax"])
importlib.import_module(a.sax)
import importlib as il
from importlib import import_module
il.import_module("xml.sax")
import_module("xml.sax")
import xml.sax  # nosec
import xml.sax  # nosec B406
import xml.sax  # nosec B404,B402
from xml.sax import (  # nosec
    one,
)
from xml.sax import (
    one,  # nosec B406
)


def f():
    try:
        import xml.sax
    except ImportError:
        xml.sax = None
if x: import xml.sax; from xml.sax import *
