// One camera: its picture, live or recorded, and a day of its gaps and recordings.

import { Bar, tell } from "./bar.js";
import { ask, bytes, clock, count, day, duration, element, open, say, state, warn } from "./text.js";

const DAY_EACH = 15000;

export class CameraView {
  constructor(place) {
    this.place = place;
    const part = (selector) => place.querySelector(selector);
    this.figure = part("figure");
    this.image = part("figure img");
    this.chip = part(".chip");
    this.warning = part(".warning");
    this.bar = new Bar(part("#day-bar"));
    for (const id of ["name", "facts", "player", "live", "position", "clock", "speed", "day", "earlier", "later", "gaps", "segments"]) {
      this[id] = part(`#${id}`);
    }
    this.name.textContent = "";
    this.camera = null;
    this.segment = null;
    this.live.onclick = () => this.goLive();
    this.earlier.onclick = () => this.goDay(-1);
    this.later.onclick = () => this.goDay(1);
    this.position.oninput = () => this.play(this.segment, Number(this.position.value));
    this.speed.onchange = () => this.segment && this.play(this.segment, this.played());
    this.image.onerror = () => this.again();
  }

  show(name, recorder) {
    this.recorder = recorder;
    if (name !== this.camera) {
      this.camera = name;
      this.place.hidden = name === null;
      this.segment = null;
      this.found = null;
      this.asked = 0;
      this.start = midnight(recorder.now);
      // Without an address the connection ends.
      this.image.removeAttribute("src");
      if (name !== null) this.goLive();
    }
    if (name === null) return;
    this.status = recorder.cameras.find((camera) => camera.name === name);
    this.update();
    this.showDay();
  }

  update() {
    const { status } = this;
    say(this.name, this.camera);
    const mode = this.segment ? "playing" : status ? state(status) : "idle";
    const away = !this.segment && status?.state !== "streaming";
        this.figure.parentElement.className = `${mode}${away ? " away" : ""}`;
    say(this.chip, this.segment ? `recorded ${clock(this.segment.began + 1000 * this.played())}` : status?.words ?? "no such camera");
    warn(this.warning, status?.warning);
    this.tick();
    const facts = status ? [
      ["Rate", `${status.rate.toFixed(1)} fps`],
      ["Pictures", status.frames.toLocaleString("en")],
      ["Received", bytes(status.received)],
      ["Damaged", status.damaged.toLocaleString("en")],
      ["Lost", status.lost.toLocaleString("en")],
      ["Retries", status.retries.toLocaleString("en")],
      ["Newest picture", status.newest ? clock(status.newest) : "none yet"],
      ["Writing", status.file ? `${status.file}, ${bytes(status.bytes)}` : "nothing"],
    ] : [];
    while (this.facts.children.length > facts.length) this.facts.lastChild.remove();
    facts.forEach(([term, text], at) => {
      if (!this.facts.children[at]) {
        const row = element("div");
        row.append(element("dt"), element("dd"));
        this.facts.append(row);
      }
      say(this.facts.children[at].firstChild, term);
      say(this.facts.children[at].lastChild, text);
    });
  }

  goLive() {
    this.segment = null;
    this.player.hidden = true;
    this.image.src = `cameras/${encodeURIComponent(this.camera)}/live`;
    this.mark();
    if (this.status) this.update();
  }

  play(segment, from = 0) {
    this.segment = segment;
    this.began = { from, at: Date.now(), speed: Number(this.speed.value) };
    this.player.hidden = false;
    this.position.max = Math.max(1, Math.floor(length(segment) / 1000));
    this.image.src = `segments/${segment.id}/play?from=${from}&speed=${this.speed.value}&at=${this.began.at}`;
    this.mark();
    this.update();
  }

  // Seconds into the segment, by the pace it is played at.
  played() {
    const { from, at, speed } = this.began;
    return Math.min(from + (speed * (Date.now() - at)) / 1000, length(this.segment) / 1000);
  }

  tick() {
    if (!this.segment) return;
    const played = this.played();
    this.position.value = String(Math.floor(played));
    say(this.clock, `${Math.floor(played)} of ${Math.floor(length(this.segment) / 1000)} s`);
  }

  // The recorder answers again: what it sent before has ended.
  renew() {
    if (this.camera !== null && !this.segment) this.goLive();
  }

  // The recorder was away, or the camera has not sent a picture yet.
  again() {
    if (this.camera === null || this.segment) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.renew(), 2000);
  }

  goDay(days) {
    const date = new Date(this.start);
    date.setDate(date.getDate() + days);
    this.start = date.getTime();
    this.asked = 0;
    this.found = null;
    this.showDay();
  }

  async showDay() {
    const { now } = this.recorder;
    const [from, to] = [this.start, dayAfter(this.start)];
    say(this.day, day(from));
    this.later.disabled = to > now;
    if (this.found) {
      const since = this.status && from <= now && now < to ? open(this.status) : null;
      this.bar.show(this.found, from, to, now, since);
    }
    if (Date.now() - this.asked < DAY_EACH) return;
    this.asked = Date.now();
    const camera = this.camera;
    const address = (what) => `api/cameras/${encodeURIComponent(camera)}/${what}?from=${from}&to=${to - 1}`;
    try {
      const [gaps, recorded] = await Promise.all([ask(address("gaps")), ask(address("segments"))]);
      // Another camera or day may have been chosen meanwhile.
      if (camera !== this.camera || from !== this.start) return;
      this.found = gaps;
      this.bar.show(gaps, from, to, now, null);
      this.listGaps(gaps);
      this.listSegments(recorded);
    } catch (error) {
      this.segments.replaceChildren(element("li", "warning", error.message));
    }
  }

  listGaps({ gaps, more }) {
    const rows = gaps.toReversed().map((gap) => {
      const row = element("li");
      row.append(element("span", "", clock(gap.began)), element("span", "cause", gap.cause));
      const lost = gap.lost > 0 ? `${count(gap.lost, "picture", "pictures")} lost` : "";
      row.append(element("span", "", [duration(gap.ended - gap.began), lost].filter(Boolean).join(", ")));
      row.title = tell(gap);
      return row;
    });
    if (rows.length === 0) rows.push(element("li", "note", "None on this day."));
    if (more) rows.push(element("li", "note", "There are older ones."));
    this.gaps.replaceChildren(...rows);
  }

  listSegments({ segments, more }) {
    const rows = segments.map((segment) => {
      const row = element("li");
      row.dataset.id = segment.id;
      const play = element("button", "", "Play");
      play.type = "button";
      play.onclick = () => {
        this.play(segment);
        this.figure.scrollIntoView({ block: "nearest", behavior: "smooth" });
      };
      const about = segment.growing ? "is being written" :
        `${duration(length(segment))}, ${count(segment.pictures, "picture", "pictures")}, ${bytes(segment.bytes)}`;
      const save = element("a", "", "Download");
      save.href = `segments/${segment.id}`;
      row.append(element("span", "", clock(segment.began)), element("span", "about-file", about), play, save);
      return row;
    });
    if (rows.length === 0) rows.push(element("li", "note", "Nothing was recorded on this day."));
    if (more) rows.push(element("li", "note", "There are older ones: see the folder of the recordings."));
    this.segments.replaceChildren(...rows);
    this.mark();
  }

  mark() {
    for (const row of this.segments.children) {
      row.classList.toggle("now", this.segment !== null && row.dataset.id === String(this.segment.id));
    }
  }
}

// Of one that grows until now.
function length(segment) {
  return Math.max(0, (segment.growing ? Date.now() : segment.ended) - segment.began);
}

function midnight(time) {
  return new Date(time).setHours(0, 0, 0, 0);
}

function dayAfter(start) {
  const date = new Date(start);
  date.setDate(date.getDate() + 1);
  return date.getTime();
}
