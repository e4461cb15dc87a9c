import socket

PLACES = {}  # @places
reached = 0
for address in (PLACES["unix"], "\0" + PLACES["abstract"], "/var/run/docker.sock", "/run/dbus/system_bus_socket"):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
        try:
            with socket.socket(socket.AF_UNIX, kind) as client:
                client.connect(address)
                reached += 1
        except OSError:
            pass
print("reached", reached, flush=True)
# @solution
