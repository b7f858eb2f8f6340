"""tools/bench as a module, for tools that put its workloads through a gateway."""

import importlib.machinery
import importlib.util
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]


def load_bench():
    loader = importlib.machinery.SourceFileLoader("bench", str(ROOT / "tools/bench"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench", loader))
    sys.modules["bench"] = module
    loader.exec_module(module)
    return module
