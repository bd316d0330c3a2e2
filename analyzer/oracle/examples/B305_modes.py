from cryptography.hazmat.primitives.ciphers import modes
from cryptography.hazmat.primitives.ciphers.modes import ECB, CBC
import cryptography.hazmat.primitives.ciphers.modes as m
mode = modes.ECB(iv)
mode = modes.CBC(iv)
mode = ECB(iv)
mode = m.ECB()
mode = modes.ECB
