from xml.dom.minidom import parseString as ps, parse
import xml.dom.minidom as m
import xml.dom.minidom
ps(x); parse(f); m.parse(f); xml.dom.minidom.parseString(x); m.Document()
