from pysnmp.hlapi import CommunityData, CommunityData as C
import pysnmp.hlapi as h
import pysnmp.hlapi
CommunityData("public", mpModel=0); CommunityData("public", mpModel=1); CommunityData("public", mpModel=2)
CommunityData("public", mpModel=True); CommunityData("public", mpModel=False); CommunityData("public", mpModel=1.0)
CommunityData("public", mpModel=0.0); CommunityData("public", mpModel=0j); CommunityData("public", mpModel="0")
CommunityData("public", mpModel=None); CommunityData("public", mpModel=[0]); CommunityData("public", 0); CommunityData("public")
CommunityData("public", mpModel=a.zero); CommunityData("public", mpModel=-1); CommunityData("public", mpModel=-0)
C("public", mpModel=0); h.CommunityData("public", mpModel=0x0)
pysnmp.hlapi.CommunityData("public", mpModel=0b1)
CommunityData(
    "public",
    mpModel=0,
)
pysnmp.hlapi.asyncio.CommunityData("public", mpModel=0)
