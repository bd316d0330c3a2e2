from yaml import load
load("x")
yaml.load("x")
