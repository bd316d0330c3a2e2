import cPickle, dill, shelve, pickletools, dill_extra
from cPickle import loads
from shelve import open as o
from six.moves import cPickle as pickle
import _pickle
from . import dill
from .dill import x
from ...pickle import x
