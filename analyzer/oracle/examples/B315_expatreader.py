import xml.sax.expatreader as r
from xml.sax import expatreader
from xml.sax.expatreader import create_parser
r.create_parser(); expatreader.create_parser(); create_parser()
xml.sax.expatreader.create_parser()
