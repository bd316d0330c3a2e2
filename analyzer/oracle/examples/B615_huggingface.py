from datasets import load_dataset
from huggingface_hub import hf_hub_download, snapshot_download as sd
from transformers import AutoModel, AutoTokenizer as T
import transformers, datasets, huggingface_hub
import huggingface_hub as hh
AutoModel.from_pretrained("org/model"); AutoModel.from_pretrained("org/model", revision="main")
AutoModel.from_pretrained("org/model", revision="5d0f2e8a7f1b4e8d9c3a2b1c0d9e8f7a6b5c4d3e"); T.from_pretrained("org/model", revision=rev)
AutoModel.from_pretrained("org/model", revision="abcdef"); AutoModel.from_pretrained("org/model", revision="abcdef0")
AutoModel.from_pretrained("org/model", revision="'abcdef0'"); AutoModel.from_pretrained("org/model", revision=" abcdef0")
AutoModel.from_pretrained("org/model", revision="ABCDEF0"); AutoModel.from_pretrained("org/model", revision="abcdefg")
AutoModel.from_pretrained("org/model", revision=""); AutoModel.from_pretrained("org/model", revision=None)
AutoModel.from_pretrained("org/model", revision=True); AutoModel.from_pretrained("org/model", revision=1234567)
AutoModel.from_pretrained("org/model", revision=1.5); AutoModel.from_pretrained("org/model", revision=b"abcdef0")
AutoModel.from_pretrained("org/model", commit_id="abcdef0"); AutoModel.from_pretrained("org/model", commit_id=x)
AutoModel.from_pretrained("org/model", revision="main", commit_id="abcdef0"); AutoModel.from_pretrained("org/model", revision="", commit_id="abcdef0")
AutoModel.from_pretrained("org/model", revision=f"main"); AutoModel.from_pretrained("org/model", revision="abc" "def0")
AutoModel.from_pretrained("./local"); AutoModel.from_pretrained("/local"); AutoModel.from_pretrained("../local"); AutoModel.from_pretrained(".local")
AutoModel.from_pretrained(path); AutoModel.from_pretrained(self.path); AutoModel.from_pretrained(); AutoModel.from_pretrained(name="./local")
AutoModel.from_pretrained(["./local"]); AutoModel.from_pretrained(f"./local"); AutoModel.from_pretrained(*args); AutoModel.from_pretrained(**k)
AutoModel.from_pretrained("org/model", from_pretrained=1); from_pretrained("x"); x.from_pretrained("x"); transformers.a.b.from_pretrained("x")
load_dataset("x"); load_dataset("x", revision="main"); datasets.load_dataset("./x"); datasets.load_dataset("x", revision="1234567")
hf_hub_download(repo_id="x", filename="y"); hh.hf_hub_download("x"); sd("x"); huggingface_hub.snapshot_download("x")
huggingface_hub.repository_id("x"); huggingface_hub.other("x"); datasets.from_pretrained("x"); transformers.load_dataset("x")
hf_hub_download(
    repo_id="x",
    revision="main",
)  # nosec
