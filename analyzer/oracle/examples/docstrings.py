"""Module docstring with '/tmp/x' and SELECT a FROM b """
'''/tmp/second'''
class C:
    """/tmp/doc"""
    "/tmp/second"
    ("/tmp/parenthesised")
    "/tmp/a" "/tmp/b"
    f"/tmp/{x}"
    "/tmp/a", "/tmp/b"
    "/tmp/a" + "/tmp/b"
    "/tmp/a"; "/tmp/b"
    b"0.0.0.0"
    def f(self):
        r"""/tmp/raw"""
        "SELECT a FROM b WHERE %s" % x
        "0.0.0.0" if x else "0.0.0.0"
        yield "/tmp/x"
        await "/tmp/y"
        return "/tmp/z"
