from django.utils import safestring
from django.utils.safestring import mark_safe, mark_safe as ms
import django.utils.safestring as s
safestring.mark_safe("x")
mark_safe("x")
mark_safe(x)
ms(x)
s.mark_safe(x)
s.SafeText(x)
@mark_safe
def decorated():
    return "x"
@mark_safe(1)
def decorated(): ...
