// A card for each camera, ours and those of other recorders.

import { Bar } from "./bar.js";
import { DAY, clock, element, open, say, state, warn } from "./text.js";

const visible = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) target.card.visible = isIntersecting;
}, { rootMargin: "200px" });

const link = (name) => `#camera=${encodeURIComponent(name)}`;

const rate = (camera) => {
  if (camera.state === "streaming") return `${camera.rate.toFixed(1)} fps`;
  return camera.newest ? `last picture ${clock(camera.newest)}` : "no picture yet";
};

export class Card {
  constructor(name, peer) {
    this.place = document.getElementById("card").content.cloneNode(true).firstElementChild;
    const part = (selector) => this.place.querySelector(selector);
    this.chip = part(".chip");
    this.rate = part(".rate");
    this.warning = part(".warning");
    this.image = part("img");
    say(part("h2"), name).title = name;
    part(".view").href = (peer ?? "") + link(name);
    part(".view").setAttribute("aria-label", name);
    if (peer) {
      this.image.remove();
      part(".view").rel = "noreferrer";
      part(".bar-place").remove();
      return;
    }
    this.bar = new Bar(part(".bar-place"));
    this.visible = true;
    this.place.card = this;
    visible.observe(this.place);
  }

  update(camera, now, gaps) {
    this.place.className = `card ${state(camera)}${camera.state === "streaming" ? "" : " away"}`;
    say(this.chip, camera.words);
    say(this.rate, rate(camera));
    warn(this.warning, camera.warning);
    if (gaps) this.bar.show(gaps, now - DAY, now, now, open(camera));
  }

  // One picture is decoded at a time; of those that come meanwhile the newest is the next.
  show(blob) {
    if (!this.visible) return;
    if (this.address) {
      this.next = blob;
      return;
    }
    this.address = URL.createObjectURL(blob);
    this.image.onload = this.image.onerror = () => {
      URL.revokeObjectURL(this.address);
      this.address = null;
      const next = this.next;
      this.next = null;
      if (next) this.show(next);
    };
    this.image.src = this.address;
  }

  remove() {
    visible.unobserve(this.place);
    this.place.remove();
  }
}

// Another recorder: its states here, its pictures on its own page.
export class PeerCards {
  constructor(url, parent) {
    const place = element("section", "peer");
    const title = element("h2");
    const anchor = element("a", "", new URL(url).host);
    anchor.href = url;
    anchor.rel = "noreferrer";
    title.append(anchor, element("small", "", "its pictures are on its own page"));
    this.warning = element("p", "warning");
    this.grid = element("div", "grid");
    this.cards = new Map();
    place.append(title, this.warning, this.grid);
    parent.append(place);
  }

  update({ url, error, disk, cameras, now }) {
    warn(this.warning, error ?? (disk.alarm && `Nothing is recorded: ${disk.alarm}`));
    arrange(this.cards, cameras, this.grid, (camera) => new Card(camera.name, url));
    for (const camera of cameras) {
      const known = error ? { ...camera, state: "idle", words: "unknown" } : camera;
      this.cards.get(camera.name).update(known, now);
    }
  }
}

// Those that are on the list, in its order; the others go.
export function arrange(cards, cameras, grid, make) {
  const names = new Set(cameras.map((camera) => camera.name));
  for (const [name, card] of cards) {
    if (!names.has(name)) {
      card.remove();
      cards.delete(name);
    }
  }
  cameras.forEach((camera, at) => {
    if (!cards.has(camera.name)) cards.set(camera.name, make(camera));
    const { place } = cards.get(camera.name);
    if (grid.children[at] !== place) grid.insertBefore(place, grid.children[at] ?? null);
  });
}
