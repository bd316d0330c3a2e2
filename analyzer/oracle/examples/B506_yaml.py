import json
import yaml
import yaml as y
from yaml import load, CSafeLoader, SafeLoader
import ruamel.yaml
import yaml.loader
yaml.load("x"); yaml.load("x", Loader=yaml.Loader); yaml.load("x", Loader=Loader)
yaml.load("x", Loader=yaml.SafeLoader); yaml.load("x", Loader=SafeLoader); yaml.load("x", yaml.SafeLoader)
yaml.load("x", Loader=yaml.CSafeLoader); yaml.load("x", CSafeLoader); yaml.load("x", "SafeLoader")
yaml.load("x", yaml.FullLoader); yaml.load("x", Loader=a.b.SafeLoader); yaml.load("x", f(SafeLoader))
yaml.safe_load("x"); yaml.load_all("x"); yaml.unsafe_load("x"); yaml.dump("x")
y.load("x"); load("x"); load("x", SafeLoader)
ruamel.yaml.load("x"); x.yaml.y.load("x"); yaml.a.load("x")
json.load("x"); yaml().load("x"); yaml.YAML().load("x")
load_("x")
(yaml.load)("x")
yaml.load(
    "x",
    Loader=yaml.Loader,
)
yaml.load(  # nosec
    "x"
)
yaml.load("x", **k)
