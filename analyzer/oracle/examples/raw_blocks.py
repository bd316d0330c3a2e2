def f():
    """Docstring."""
    return 1


def g():
    """
    Docstring.

    Over lines.
    """

    x = """

    """
    return x
    # trailing comment

class C:

    """Docstring."""

    x = 1

    def m(self):

        # comment
        '''

        '''
        pass

    y = '''
    # no comment
    '''
    #comment
    "string" # comment
    "string"; x
    "string", x
    "string" % x
    ("string"
     "string")
    ["string",

     "string"]
    return """
    """ + """

    """
if True:
	tabs = 1
	if tabs:
		deeper = 2
x = 1



# end
