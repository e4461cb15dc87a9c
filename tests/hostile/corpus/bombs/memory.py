hoard = []
print("eating", flush=True)
while True:
    hoard.append(bytearray(b"x") * (16 << 20))
