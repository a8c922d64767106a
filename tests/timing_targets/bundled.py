"""The bundled Python adapter as a module, for targets that defeat the measurement to change."""

import importlib.util
import pathlib

path = pathlib.Path(__file__).parents[2] / "adapters/python/adapter.py"
spec = importlib.util.spec_from_file_location("adapter", path)
adapter = importlib.util.module_from_spec(spec)
spec.loader.exec_module(adapter)
honest = adapter.answer
