// All cameras' pictures over one connection: browsers open six only.

const HEAD_END = [13, 10, 13, 10];
const AGAIN_AFTER = 1000;

// Calls show(name, blob) for each picture, until the function it returns is called.
export function watch(rate, show) {
  const stop = new AbortController();
  run(rate, show, stop.signal);
  return () => stop.abort();
}

async function run(rate, show, signal) {
  while (!signal.aborted) {
    try {
      const answer = await fetch(`live?rate=${rate}`, { signal });
      if (answer.ok) await read(answer.body.getReader(), show);
    } catch {
      // The recorder has gone, or nobody looks any more.
    }
    if (!signal.aborted) await new Promise((done) => setTimeout(done, AGAIN_AFTER));
  }
}

async function read(reader, show) {
  let waiting = new Uint8Array(0);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    waiting = join(waiting, value);
    for (;;) {
      const part = first(waiting);
      if (!part) break;
      if (part.camera !== null) show(part.camera, new Blob([part.body], { type: "image/jpeg" }));
      waiting = waiting.subarray(part.end);
    }
  }
}

// The first whole part: its body is as long as its head says.
function first(bytes) {
  const end = find(bytes, HEAD_END);
  if (end < 0) return null;
  const head = new TextDecoder().decode(bytes.subarray(0, end));
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1]);
  const camera = /^x-camera: *(\S*)/im.exec(head)?.[1];
  const start = end + HEAD_END.length;
  if (!Number.isInteger(length)) throw new Error("a part without a length");
  if (bytes.length < start + length) return null;
  return {
    camera: camera === undefined ? null : decodeURIComponent(camera),
    body: bytes.slice(start, start + length),
    end: start + length,
  };
}

function find(bytes, wanted) {
  let at = bytes.indexOf(wanted[0]);
  while (at >= 0 && at + wanted.length <= bytes.length) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
    at = bytes.indexOf(wanted[0], at + 1);
  }
  return -1;
}

function join(a, b) {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
