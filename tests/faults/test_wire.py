"""The wire that the fault suite cuts does break what goes through it, and carries again afterwards."""

import socket

from tests.faults.wire import Wire


def test_a_wire_carries_until_it_is_cut_and_then_anew():
    server = socket.create_server(("127.0.0.1", 0))
    wire = Wire(server.getsockname()[1])

    with socket.create_connection(("127.0.0.1", wire.port)) as near:
        far, _ = server.accept()
        near.sendall(b"there")
        assert far.recv(5) == b"there"
        far.sendall(b"back")
        assert near.recv(4) == b"back"
        assert wire.cut() == 1
        assert near.recv(1) == b""
        far.close()
    with socket.create_connection(("127.0.0.1", wire.port)) as near:
        far, _ = server.accept()
        near.sendall(b"anew")
        assert far.recv(4) == b"anew"
        far.close()
    wire.close()
    server.close()


def test_a_wire_goes_to_the_first_that_answers():
    gone = socket.create_server(("127.0.0.1", 0))
    gone_port = gone.getsockname()[1]
    gone.close()
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    wire = Wire(gone_port, port)

    with socket.create_connection(("127.0.0.1", wire.port)) as near:
        far, _ = server.accept()
        far.sendall(b"back")
        assert near.recv(4) == b"back"
        assert (wire.carries(gone_port), wire.carries(port)) == (0, 1)
        far.close()
    wire.to = [gone_port]
    with socket.create_connection(("127.0.0.1", wire.port)) as near:
        assert near.recv(1) == b""
    wire.close()
    server.close()
