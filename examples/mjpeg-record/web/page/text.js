// Numbers and times as people read them, and small tools for elements.

export const DAY = 24 * 60 * 60 * 1000;

export function state(camera) {
  return ["connecting", "streaming", "waiting"].includes(camera.state) ? camera.state : "idle";
}

// A camera that has no pictures now has a gap that may be in no index yet.
export function open(camera) {
  return camera.state !== "streaming" && camera.newest ? camera.newest : null;
}

// Names and causes are anybody's: they go into the page as text, never as HTML.
export function element(kind, name, text) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function say(place, text) {
  if (place.textContent !== (text ?? "")) place.textContent = text ?? "";
  return place;
}

export function warn(place, text) {
  say(place, text).hidden = !text;
}

export function bytes(count) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (count >= 1000 && unit < units.length - 1) {
    count /= 1000;
    unit += 1;
  }
  return `${unit > 0 && count < 100 ? count.toFixed(1) : Math.round(count)} ${units[unit]}`;
}

export function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function count(number, one, many) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

export function clock(time) {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

export function day(time) {
  return new Date(time).toLocaleDateString("en-GB", {
    weekday: "long", day: "numeric", month: "long", year: "numeric",
  });
}

export async function ask(address, patience = 10000) {
  const answer = await fetch(address, { signal: AbortSignal.timeout(patience) });
  if (!answer.ok) throw new Error((await answer.text()).trim() || `status ${answer.status}`);
  return answer.json();
}
