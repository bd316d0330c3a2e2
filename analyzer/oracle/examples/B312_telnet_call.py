import telnetlib
import telnetlib as t
from telnetlib import Telnet as T
tn = telnetlib.Telnet("example.com")
t.Telnet()
T()
telnetlib.Other()
