import socket

FAMILIES = {"vsock": 40, "packet": 17, "netlink": 16, "alg": 38, "bluetooth": 31, "can": 29, "tipc": 30, "rds": 21,
            "xdp": 44, "qipcrtr": 42, "nfc": 39, "key": 15, "smc": 43, "mctp": 45}  # fmt: skip
opened = []
for name, family in FAMILIES.items():
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        try:
            socket.socket(family, kind).close()
            opened.append((name, int(kind)))
        except OSError:
            pass
for family in (socket.AF_INET, socket.AF_INET6):
    try:
        socket.socket(family, socket.SOCK_RAW, 1).close()
        opened.append(("raw", int(family)))
    except OSError:
        pass
print("opened", opened, flush=True)
# @solution
