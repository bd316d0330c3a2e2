import wsgiref.handlers.CGIHandler
import wsgiref.handlers.CGIHandler as alias
import os, wsgiref.handlers.CGIHandler, sys
import os, wsgiref.handlers.CGIHandler as other, pickle
import wsgiref.handlers.CGIHandler_longer
import wsgiref.handlers.CGIHandler.deeper.still
import not_wsgiref.handlers.CGIHandler
from wsgiref.handlers.CGIHandler import thing
from wsgiref.handlers.CGIHandler import (
    one,
    two as second,
)
from wsgiref.handlers import CGIHandler
from wsgiref.handlers import CGIHandler as renamed, other
from wsgiref.handlers.CGIHandler.sub import thing
from wsgiref.handlers.CGIHandlerx import thing
from . import CGIHandler
from .wsgiref.handlers.CGIHandler import thing
from .. import CGIHandler as up
from x import CGIHandler
__import__("wsgiref.handlers.CGIHandler")
__import__('wsgiref.handlers.CGIHandler' 'x')
__import__("os", name="wsgiref.handlers.CGIHandler")
__import__(module)
__import__()
importlib.import_module("wsgiref.handlers.CGIHandler")
importlib.import_module(name="wsgiref.handlers.CGIHandler")
importlib.import_module(module)
importlib.import_module()
importlib.import_module("wsgiref.handlers.CGIHandler".strip())
importlib.__import__("wsgiref.handlers.CGIHandler", globals())
importlib.import_module("wsgiref.handlers.CGIHandler.sub")
importlib.import_module(*["wsgiref.handlers.CGIHandler"])
importlib.import_module(a.CGIHandler)
import importlib as il
from importlib import import_module
il.import_module("wsgiref.handlers.CGIHandler")
import_module("wsgiref.handlers.CGIHandler")
import wsgiref.handlers.CGIHandler  # nosec
import wsgiref.handlers.CGIHandler  # nosec B412
import wsgiref.handlers.CGIHandler  # nosec B404,B402
from wsgiref.handlers.CGIHandler import (  # nosec
    one,
)
from wsgiref.handlers.CGIHandler import (
    one,  # nosec B412
)


def f():
    try:
        import wsgiref.handlers.CGIHandler
    except ImportError:
        wsgiref.handlers.CGIHandler = None
if x: import wsgiref.handlers.CGIHandler; from wsgiref.handlers.CGIHandler import *
