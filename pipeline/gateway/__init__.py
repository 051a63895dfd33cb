"""The gateway: `dragoman serve` lets clients of interpretation services talk to a graph over a WebSocket.

Three floors, and each knows the one below it only by its records:

    server, connection       routes, keys, sockets; knows no protocol and no graph
    dialects/                wire events to calls, happenings to wire events; pure, no sockets, no graphs
    session, stage, recipes  graphs and packets; knows no protocol

`calls.py` has what a dialect may ask of a session, `happenings.py` what a session tells a dialect. A new protocol is one
file in dialects/ and one line in its table; see docs/gateway.md.
"""
