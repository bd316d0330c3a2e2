assert True
assert (1, "always true")
assert isinstance(x, int), f"not {x!r}"
assert (
    spread
    and over_lines
), """and a
long message"""


def nested():
    class Inner:
        def method(self):
            assert self
            lambda: [assert_ for assert_ in ()]
            assert self  # nosec
            assert self  # nosec B101
            assert self  # nosec: B101,B102
            assert self  # nosec B102
            assert self  # nosec assert_used
            assert self  # nosec: assert_used, exec_used
            assert self  #nosec
            assert self  # noqa # nosec B101 # more
            assert self  # nosec B999
            assert self  # nosec because of the reason
            assert self  # NOSEC


async def waits():
    assert await something()
    async with a as b, c as d:
        assert (yield)
