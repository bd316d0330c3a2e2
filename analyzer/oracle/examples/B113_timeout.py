import httpx
import requests
import requests as r
from requests import get, post as send
from requests.api import put
import requests.sessions

requests.get("https://example.com")
requests.get("https://example.com", timeout=None)
requests.get("https://example.com", timeout=5)
requests.get("https://example.com", timeout="None")
requests.get("https://example.com", timeout=x)
requests.get("https://example.com", timeout=None_)
requests.get("https://example.com", timeout=(1, 2))
requests.get("https://example.com", timeout=[])
requests.get("https://example.com", timeout={})
requests.get("https://example.com", timeout=f())
requests.get("https://example.com", timeout=a.b)
requests.get("https://example.com", timeout=a.None_)
requests.get("https://example.com", timeout=-1)
requests.get("https://example.com", timeout=0)
requests.get("https://example.com", timeout=1 if x else 2)
requests.get("https://example.com", **kwargs)
requests.request("GET", "https://example.com")
requests.options("x"); requests.head("x"); requests.post("x")
requests.put("x"); requests.patch("x"); requests.delete("x")
requests.session().get("x")
requests.Session().get("x")
requests.a.b.get("x")
requests.api.get("x")
r.get("x")
r.sessions.get("x", timeout=None)
get("x")
send("x")
put("x", timeout=None)
httpx.get("x")
httpx.get("x", timeout=None)
httpx.Client(timeout=None)
httpx.AsyncClient(timeout=None)
httpx.stream("GET", "x", timeout=None)
httpx.request("GET", "x", timeout=None)
httpx.Timeout(timeout=None)
httpx.Client()
(requests).get("x")
requests["a"].get("x")
requests().get("x")
requests.get(
    "x",
    timeout=None,
)  # nosec
requests.get("x", verify=False)
f"{requests.get('x')}"
await_ = [requests.get(u) for u in us]


async def fetch():
    await requests.get("x")
    async with httpx.AsyncClient(timeout=None) as client:
        await client.get("x", timeout=None)
