/** Binary parts of the page: in the page itself where it is one file, else beside it on its own host. */

/** The bytes of an asset, unpacked. */
export async function asset(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const packed = embedded(name) ?? (await fetched(name));
  // Some hosts unpack .gz files on the way.
  if (packed[0] !== 0x1f || packed[1] !== 0x8b) return packed;
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function embedded(name: string): Uint8Array<ArrayBuffer> | null {
  const node = document.getElementById(`asset:${name}`);
  if (!node) return null;
  const text = atob(node.textContent ?? "");
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

async function fetched(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await fetch(name);
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}
