from django.utils.safestring import mark_safe
mark_safe()
def f():
    from django.utils.safestring import SafeText
    SafeText()
