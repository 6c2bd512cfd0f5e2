// Some hours as a line: what is recorded, and the gaps in it.

import { clock, count, duration, element, say } from "./text.js";

export class Bar {
  constructor(place) {
    const parts = document.getElementById("bar").content.cloneNode(true);
    [this.line, this.note] = parts.children;
    place.append(parts);
    this.line.addEventListener("pointerover", (event) => this.tell(event.target.gap));
    this.line.addEventListener("pointerdown", (event) => this.tell(event.target.gap));
    this.line.addEventListener("pointerleave", () => this.tell());
    this.sum = "";
  }

  // `found` is { since, gaps, more }; `open` is since when there are no pictures, which may
  // not be among the gaps yet.
  show(found, from, to, now, open) {
    const end = Math.min(to, now);
    const gaps = [...(found.gaps ?? [])];
    if (open && !gaps.some((gap) => gap.open)) gaps.push({ began: open, ended: now, lost: 0, cause: "there are no pictures now" });
    const pieces = [];
    if (found.since !== null && found.since !== undefined && found.since < end) {
      pieces.push(this.piece("recorded", Math.max(from, found.since), end, from, to));
    }
    let missing = 0;
    let lost = 0;
    let number = 0;
    for (const gap of gaps) {
      if (gap.ended < from || gap.began > end) continue;
      const [begin, stop] = [Math.max(from, gap.began), gap.open ? end : Math.min(end, gap.ended)];
      const piece = this.piece(gap.lost > 0 ? "gap lost" : "gap", begin, stop, from, to);
      piece.gap = gap;
      piece.title = tell(gap);
      pieces.push(piece);
      missing += stop - begin;
      lost += gap.lost;
      number += 1;
    }
    this.line.replaceChildren(...pieces);
    const sums = [number > 0 ? `${count(number, "gap", "gaps")}, ${duration(missing)} in all` : "no gap"];
    if (lost > 0) sums.push(`${count(lost, "picture", "pictures")} lost`);
    if (found.more) sums.push("and older ones");
    this.sum = found.since === null && number === 0 ? "nothing is recorded yet" : sums.join(", ");
    this.line.setAttribute("aria-label", this.sum);
    if (!this.told) this.tell();
  }

  piece(name, begin, stop, from, to) {
    const piece = element("span", name);
    const percent = (time) => (100 * time) / (to - from);
    // What has just begun is seen, too.
    piece.style.left = `min(${percent(begin - from)}%, 100% - 2px)`;
    piece.style.width = `${percent(stop - begin)}%`;
    return piece;
  }

  tell(gap) {
    this.told = Boolean(gap);
    say(this.note, gap ? tell(gap) : this.sum);
  }
}

export function tell(gap) {
  const lost = gap.lost > 0 ? `, ${count(gap.lost, "picture", "pictures")} lost` : "";
  return `${clock(gap.began)} to ${clock(gap.ended)} (${duration(gap.ended - gap.began)}${lost}): ${gap.cause}`;
}
