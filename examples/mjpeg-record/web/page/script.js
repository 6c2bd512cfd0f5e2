// The page: asks each second how all is, and shows all cameras or one.

import { CameraView } from "./camera.js";
import { Card, PeerCards, arrange } from "./cards.js";
import { watch } from "./live.js";
import { DAY, ask, bytes, clock, count, say, warn } from "./text.js";

const EACH = 1000;
const GAPS_EACH = 15000;
const PATIENCE = 3000;

const place = (id) => document.getElementById(id);
const cards = new Map();
const peers = new Map();
const one = new CameraView(place("camera"));
let latest = null;
let found = {};
let asked = { time: 0, marks: "" };
let stop = null;
let rate = 0;

function chosen() {
  const match = /^#camera=(.*)$/.exec(location.hash);
  if (!match) return null;
  try {
    return decodeURIComponent(match[1]);
  } catch {
    return null;
  }
}

function show(recorder) {
  const { cameras } = recorder;
  const live = cameras.filter((camera) => camera.state === "streaming").length;
  say(place("summary"), cameras.length ? `${live} of ${count(cameras.length, "camera", "cameras")} live` : "");
  showDisk(recorder.disk);
  place("grid").classList.toggle("few", cameras.length > 0 && cameras.length <= 4);
  place("empty").hidden = cameras.length > 0 || recorder.peers.length > 0;
  arrange(cards, cameras, place("grid"), (camera) => new Card(camera.name));
  for (const camera of cameras) {
    cards.get(camera.name).update(camera, recorder.now, found[camera.name]);
  }
  for (const other of recorder.peers) {
    let cards = peers.get(other.url);
    if (!cards) peers.set(other.url, (cards = new PeerCards(other.url, place("peers"))));
    cards.update(other);
  }
}

function showDisk(disk) {
  const of = disk.quota ?? disk.used + (disk.free ?? 0);
  place("disk").hidden = !of;
  const [meter, text] = place("disk").children;
  meter.firstElementChild.style.width = `${Math.min(100, (100 * disk.used) / (of || 1))}%`;
  const parts = [disk.quota ? `${bytes(disk.used)} of ${bytes(disk.quota)}` : `${bytes(disk.used)} recorded`];
  if (disk.free !== null) parts.push(`${bytes(disk.free)} free on the disk`);
  say(text, parts.join(", "));
  warn(place("alarm"), disk.alarm && `Nothing is recorded: ${disk.alarm}`);
}

// Which view, and whether its pictures are needed: a page in the background has none.
function choose() {
  const name = chosen();
  place("overview").hidden = name !== null;
  document.title = name === null ? "Recorder" : `${name} – Recorder`;
  if (latest) one.show(name, latest);
  const many = latest?.cameras.length ?? 0;
  const wanted = many <= 4 ? 25 : many <= 16 ? 10 : 5;
  const needed = name === null && !document.hidden && many > 0;
  if (stop && (!needed || wanted !== rate)) {
    stop();
    stop = null;
  }
  if (needed && !stop) {
    rate = wanted;
    stop = watch(rate, (camera, blob) => cards.get(camera)?.show(blob));
  }
}

async function askGaps() {
  const marks = latest.cameras.map((camera) => [camera.name, camera.state, camera.lost].join()).join("\n");
  const since = Date.now() - asked.time;
  if (since < 1000 || (since < GAPS_EACH && marks === asked.marks)) return;
  asked = { time: Date.now(), marks };
  found = await ask(`api/gaps?from=${latest.now - DAY}&to=${latest.now}`);
}

async function look() {
  try {
    const recorder = await ask("api/cameras", PATIENCE);
    latest = recorder;
    if (!place("silent").hidden) one.renew();
    warn(place("silent"), null);
    show(recorder);
    choose();
    if (chosen() === null) await askGaps();
  } catch (error) {
    const since = latest ? ` since ${clock(latest.now)}` : "";
    warn(place("silent"), `The recorder has not answered${since}: ${error.message}`);
  }
  setTimeout(look, EACH);
}

addEventListener("hashchange", choose);
document.addEventListener("visibilitychange", choose);
look();
