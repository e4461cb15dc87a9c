# @solution
from pathlib import Path

with Path("/box/out/values.jsonl").open("a") as file:
    file.write('{"name": "libraries", "value": ["numpy"]}\n')
print("written", flush=True)
