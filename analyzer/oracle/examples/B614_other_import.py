import torch.nn
torch.load("x")
from torch import load
load("x")
