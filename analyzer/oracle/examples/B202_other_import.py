from tarfile import open
tar.extractall()
import tarfile.sub
tar.extractall()
def f():
    import os, tarfile
tar.extractall()
