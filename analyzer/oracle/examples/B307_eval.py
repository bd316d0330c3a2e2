import os
import ast
from ast import literal_eval as eval_
eval("1+1")
print(eval("os.getcwd()"))
class Test:
    def eval(self):
        print("hi")
    def foo(self):
        self.eval()
Test().eval()
ast.literal_eval("x")
eval_("x")
eval(eval(
    "nested"
))
from ast import literal_eval as eval
eval("aliased away")
