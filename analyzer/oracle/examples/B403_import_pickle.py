import pickle
import pickle as alias
import os, pickle, sys
import os, pickle as other, pickle
import pickle_longer
import pickle.deeper.still
import not_pickle
from pickle import thing
from pickle import (
    one,
    two as second,
)
from pickle import thing
from pickle import thing as renamed, other
from pickle.sub import thing
from picklex import thing
from . import pickle
from .pickle import thing
from .. import pickle as up
from x import pickle
__import__("pickle")
__import__('pickle' 'x')
__import__("os", name="pickle")
__import__(module)
__import__()
importlib.import_module("pickle")
importlib.import_module(name="pickle")
importlib.import_module(module)
importlib.import_module()
importlib.import_module("pickle".strip())
importlib.__import__("pickle", globals())
importlib.import_module("pickle.sub")
importlib.import_module(*["pickle"])
importlib.import_module(a.pickle)
import importlib as il
from importlib import import_module
il.import_module("pickle")
import_module("pickle")
import pickle  # nosec
import pickle  # nosec B403
import pickle  # nosec B404,B402
from pickle import (  # nosec
    one,
)
from pickle import (
    one,  # nosec B403
)


def f():
    try:
        import pickle
    except ImportError:
        pickle = None
if x: import pickle; from pickle import *
