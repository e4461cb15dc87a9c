import socket
import urllib.request

PLACES = {}  # @places
reached = 0
for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
    try:
        with socket.socket(family, socket.SOCK_STREAM) as tcp:
            tcp.settimeout(1)
            tcp.connect((host, PLACES["tcp"]))
            tcp.sendall(b"here is what I found")
            reached += 1
    except OSError:
        pass
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as udp:
            udp.connect((host, PLACES["udp"]))
            udp.send(b"here is what I found")
            reached += 1
    except OSError:
        pass
for host in ("1.1.1.1", "8.8.8.8", "169.254.169.254", "10.0.2.2", "172.17.0.1"):
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.connect((host, 53))
            udp.send(b"x")
            reached += host != "127.0.0.1"
    except OSError:
        pass
for address in (f"http://localhost:{PLACES['tcp']}/", f"http://127.0.0.1:{PLACES['tcp']}/"):
    try:
        urllib.request.urlopen(address, timeout=1)
        reached += 1
    except OSError:
        pass
print("reached", reached, flush=True)
# @solution
