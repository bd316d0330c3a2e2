import xml.etree.ElementTree as ET
from xml.etree.ElementTree import parse, iterparse as it, Element
from xml import etree
ET.fromstring(x); ET.parse(f); ET.iterparse(f); ET.XMLParser(); ET.XML(x); ET.tostring(x)
parse(f)
it(f)
Element("x")
etree.ElementTree.parse(f)
ET.parse(f).getroot()
