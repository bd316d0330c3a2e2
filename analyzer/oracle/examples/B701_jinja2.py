import jinja2
from jinja2 import Environment, Environment as E, select_autoescape
import jinja2.sandbox as sb
Environment(loader=l, autoescape=True, load=1); Environment(loader=l, autoescape=False); Environment(loader=l); Environment()
Environment(autoescape=select_autoescape(["html"])); Environment(autoescape=jinja2.select_autoescape()); Environment(autoescape=x)
Environment(autoescape="False"); Environment(autoescape=0); Environment(autoescape=1); Environment(autoescape=None)
Environment(autoescape=f(autoescape=True)); Environment(f(autoescape=True)); Environment(f(autoescape=False)); Environment(f(autoescape=g()))
Environment(a=f(autoescape=True), autoescape=False); Environment(autoescape=False, a=f(autoescape=True)); Environment(autoescape=lambda x: True)
Environment(autoescape=f.select_autoescape()()); Environment(autoescape=select_autoescape); Environment(**{"autoescape": True}); Environment(**k)
Environment(autoescape=True if x else False); Environment(autoescape=not True); Environment(autoescape=(True)); Environment(autoescape=True.x)
Environment(autoescape=x.True_); Environment(autoescape=f"{True}"); Environment(autoescape=[True])
