import httpx
import requests
import requests as r
from requests import get
requests.get("x", timeout=1, verify=True)
requests.get("x", timeout=1, verify=False)
requests.post("x", timeout=1, verify=False); requests.put("x", timeout=1, verify=False)
requests.delete("x", timeout=1, verify=False); requests.head("x", timeout=1, verify=False)
requests.patch("x", timeout=1, verify=False); requests.options("x", timeout=1, verify=False)
requests.request("GET", "x", verify=False)
requests.get("x", timeout=1, verify="False")
requests.get("x", timeout=1, verify=0)
requests.get("x", timeout=1, verify=a.False_)
requests.get("x", timeout=1, verify=None)
requests.get(
    "x",
    timeout=1,
    verify=False,
)
requests.get("x", timeout=1, verify=
             False)
requests.Session().get("x", verify=False)
r.get("x", timeout=1, verify=False); get("x", timeout=1, verify=False)
httpx.get("x", verify=False); httpx.Client(verify=False); httpx.AsyncClient(verify=False)
httpx.stream("x", verify=False); httpx.request("x", verify=False); httpx.other("x", verify=False)
requests.get(
    "x",
    timeout=1,  # nosec
    verify=False,
)
requests.get(  # nosec B113
    "x",
    verify=False,
)
requests.get("x", verify=False)  # nosec B501
requests.get("x", verify=False)  # nosec B501,B113
