#!/usr/bin/env python3
"""Writes the reference values of the tests: of_NAME.py has what NAME.txt is made of, cases.py their form.

    python3 -m venv venv && venv/bin/pip install jax==0.10.2 numpy
    venv/bin/python tests/reference/make.py [NAME ...]     (all, or only these)
"""
import glob
import importlib
import os
import sys

import cases

here = os.path.dirname(os.path.abspath(__file__))
every = sorted(os.path.basename(path)[len("of_"):-len(".py")] for path in glob.glob(os.path.join(here, "of_*.py")))
for name in sys.argv[1:] or every:
    importlib.import_module("of_" + name).write()
    cases.write(name + ".txt")
