import xml.etree.ElementTree
import xml.etree.ElementTree as alias
import os, xml.etree.ElementTree, sys
import os, xml.etree.ElementTree as other, pickle
import xml.etree.ElementTree_longer
import xml.etree.ElementTree.deeper.still
import not_xml.etree.ElementTree
from xml.etree.ElementTree import thing
from xml.etree.ElementTree import (
    one,
    two as second,
)
from xml.etree import ElementTree
from xml.etree import ElementTree as renamed, other
from xml.etree.ElementTree.sub import thing
from xml.etree.ElementTreex import thing
from . import ElementTree
from .xml.etree.ElementTree import thing
from .. import ElementTree as up
from x import ElementTree
__import__("xml.etree.ElementTree")
__import__('xml.etree.ElementTree' 'x')
__import__("os", name="xml.etree.ElementTree")
__import__(module)
__import__()
importlib.import_module("xml.etree.ElementTree")
importlib.import_module(name="xml.etree.ElementTree")
importlib.import_module(module)
importlib.import_module()
importlib.import_module("xml.etree.ElementTree".strip())
importlib.__import__("xml.etree.ElementTree", globals())
importlib.import_module("xml.etree.ElementTree.sub")
importlib.import_module(*["xml.etree.ElementTree"])
importlib.import_module(a.ElementTree)
import importlib as il
from importlib import import_module
il.import_module("xml.etree.ElementTree")
import_module("xml.etree.ElementTree")
import xml.etree.ElementTree  # nosec
import xml.etree.ElementTree  # nosec B405
import xml.etree.ElementTree  # nosec B404,B402
from xml.etree.ElementTree import (  # nosec
    one,
)
from xml.etree.ElementTree import (
    one,  # nosec B405
)


def f():
    try:
        import xml.etree.ElementTree
    except ImportError:
        xml.etree.ElementTree = None
if x: import xml.etree.ElementTree; from xml.etree.ElementTree import *
