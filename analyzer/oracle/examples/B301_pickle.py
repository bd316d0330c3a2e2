import pickle
import pickle as p
from pickle import loads, load as l
import dill, shelve, jsonpickle
import jsonpickle.unpickler
import pandas as pd
from pandas import read_pickle

pickle.loads(b"x")
pickle.load(f)
pickle.Unpickler(f).load()
pickle.dumps(x)
p.loads(x)
loads(x)
l(x)
dill.loads(x); dill.load(x); dill.Unpickler(x)
shelve.open("x"); shelve.DbfilenameShelf("x")
jsonpickle.decode(x)
jsonpickle.unpickler.decode(x)
jsonpickle.unpickler.Unpickler()
pd.read_pickle("x")
read_pickle("x")
cPickle.loads(x)
_pickle.loads(x)
import cPickle as pickle
pickle.loads(x)
x.pickle.loads(x)
__import__("pickle").loads(x)
getattr(pickle, "loads")(x)
with pickle.Unpickler(f) as u:
    u.load()
pickle.loads(
    x,
)  # nosec
pickle.loads(x)  # nosec B301
pickle.loads(x)  # nosec B403
pickle.loads(x)  # nosec pickle
pickle.loads(x)  # nosec blacklist
