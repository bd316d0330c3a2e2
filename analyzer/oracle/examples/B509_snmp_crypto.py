from pysnmp.hlapi import UsmUserData
import pysnmp.hlapi as h
UsmUserData("securityName"); UsmUserData("securityName", "authName"); UsmUserData("a", "b", "c"); UsmUserData()
UsmUserData("a", authKey="b", privKey="c"); UsmUserData(*args); UsmUserData(*a, *b, *c)
h.UsmUserData(
    "a",
    "b",
)
h.UsmUserData("a")  # nosec B509
