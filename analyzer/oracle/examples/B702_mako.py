from mako.template import Template
import mako
from mako import template, lookup
import mako.template as t
Template("hello"); mako.template.Template("hern"); template.Template("hern"); t.Template(); lookup.TemplateLookup(); mako.Template()
x.mako.y.Template(); Template.x(); other.Template()
Template(
    "x"
)  # nosec
