import torch
import torchvision.models as models
from torch import load, load as tl
import torch as t
torch.load("x"); torch.load("x", weights_only=True); torch.load("x", weights_only=False); torch.load("x", weights_only="True")
torch.load("x", weights_only=1); torch.load("x", weights_only=a.True_); torch.load("x", weights_only=f()); torch.load()
torch.serialization.load("x"); torch.save(x); torch.jit.load("x"); load("x"); tl("x"); t.load("x"); torch.load(load="x")
torch.load(
    "x",
    load=1,
    weights_only=None,
)
torch.load(
    "x",  # nosec
)
torch.load("x", **k)
