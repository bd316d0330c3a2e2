exec("a")	;	eval("b")
	
x = [ exec("a") , exec("b") ]
x = { "é": exec("a") , "😀": exec("b") }
f"é{exec('é')}é{exec('😀')}"; exec(
  "é" )
password = ( "x" ) ; token = "é" ; pwd = """
é"""
x = ("/tmp/é"   "é"
   'x'  )
é["password"] = "x"
class C: password = "x"; token: str = "y"
def f(a, password = "x" , é = "/tmp" ) : return "/tmp"
call ( a , password = "x" )
assert  x ,  "/tmp"
try : pass
except  Exception  : pass
import  pickle , os
from  pickle  import  ( loads
 )
