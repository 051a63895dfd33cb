"""A graph in ten lines of Python: load it, change a node, run it, look at what comes out.

Run: python examples/hello.py
"""

from pathlib import Path

from pipeline import Graph

graph = Graph.load(Path(__file__).with_name("hello.yaml"))
graph = graph.with_settings({"talk.duration_s": 1.5, "speech.window_ms": 50})

for name, packet in graph.stream("speech.speech"):
    print(f"{name}: from {packet.start / 1e9:.2f} s to {packet.end / 1e9:.2f} s, {packet.payload}")
