// Selecting files, in Create New Job and on the Process page: they go to the server one by one, three
// at a time, and each gets a verdict in words. The first one makes the draft; only then are the others
// sent. What was refused stays in sight until somebody takes it away. When the server has no time for
// more, the rest waits as long as it says. Whoever goes on meanwhile goes when all is sent.
import { folderOf } from "./choose.js";
import { announce } from "./notices.js";
import { CLOCK } from "./times.js";

const AT_ONCE = 3;
const HEADERS = { Accept: "application/json" };
const USUAL_PAUSE_S = 30; // if a proxy asks for patience and does not say how long

const form = document.querySelector("[data-upload]");
const list = document.getElementById("uploads");
const pause = document.getElementById("upload-pause");
const waiting = [];
const batch = []; // what was to be sent since nothing was, for the words about it
let goesOn = null; // what to do when all is sent
let refusedMeanwhile = 0;
let resumes = 0; // the timer at whose end files are sent again
let under_way = 0;
export let hasDraft = document.getElementById("draft-files") !== null;

// Each file comes with its folder, "" if it was chosen by itself.
export function addFiles(found) {
  for (const { file, path } of found) {
    const item = addItem(file, path);
    if (file.size > Number(form.dataset.maxBytes)) refuse(item, form.dataset.tooLarge, false);
    else queue(item);
  }
  next();
}

function addItem(file, path) {
  const item = { file, path, row: addRow(file, path) };
  item.row.querySelector("[data-dismiss]").addEventListener("click", () => dismiss(item));
  return item;
}

function queue(item) {
  item.sent = 0;
  waiting.push(item);
  batch.push(item);
}

// Away with the row; a file that waits is not sent, one that is being sent is broken off.
function dismiss(item) {
  const place = waiting.indexOf(item);
  if (place >= 0) waiting.splice(place, 1);
  item.request?.abort();
  const neighbor = item.row.nextElementSibling ?? item.row.previousElementSibling;
  item.row.remove();
  countTrouble();
  if (batch.includes(item)) batch.splice(batch.indexOf(item), 1);
  if (!waiting.length) pause.hidden = true;
  if (!isBusy()) allSent();
  (neighbor?.querySelector("[data-dismiss]") ?? document.getElementById("next-step")).focus();
}

export function countTrouble() {
  const number = list.querySelectorAll(".file-refused").length;
  const words = number === 1 ? form.dataset.oneNeedsAttention : form.dataset.someNeedAttention;
  for (const element of document.querySelectorAll("[data-attention]")) {
    element.hidden = number === 0;
    element.textContent = number ? `, ${words.replace("{n}", number)}` : "";
  }
  keepRefused();
}

export function isBusy() {
  return under_way > 0 || waiting.length > 0;
}

function next() {
  pause.hidden = !resumes || !waiting.length;
  if (resumes) return;
  const limit = hasDraft ? AT_ONCE : 1;
  while (waiting.length && under_way < limit) send(waiting.shift());
}

function addRow(file, path) {
  const row = document.getElementById("upload-row").content.firstElementChild.cloneNode(true);
  Object.assign(row.dataset, { name: file.name, path });
  const name = row.querySelector(".file-name");
  name.textContent = file.name;
  if (path) {
    const folder = document.createElement("span");
    folder.className = "file-folder";
    folder.textContent = `${path}/`;
    name.prepend(folder, document.createElement("wbr"));
  }
  row.querySelector(".file-state").textContent = form.dataset.waiting;
  list.append(row);
  return row;
}

function send(item) {
  under_way += 1;
  const request = new XMLHttpRequest();
  const progress = item.row.querySelector("progress");
  progress.hidden = false;
  item.row.querySelector(".file-state").textContent = "";
  request.upload.addEventListener("progress", (event) => {
    progress.max = event.total;
    progress.value = event.loaded;
    item.sent = event.loaded / event.total;
    showSending();
  });
  request.upload.addEventListener("load", () => {
    progress.removeAttribute("value"); // sent; the server is at it
    item.row.querySelector(".file-state").textContent = form.dataset.checking;
  });
  item.request = request;
  request.addEventListener("abort", () => finish(item, () => {}));
  request.addEventListener("load", () => finish(item, () => judge(item, request)));
  request.addEventListener("error", () => finish(item, () => refuse(item, form.dataset.lost, true)));
  const data = new FormData();
  data.append("files", item.file);
  data.append("paths", item.path);
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
  request.send(data);
}

function finish(item, tell) {
  under_way -= 1;
  item.request = null;
  item.sent = 1;
  tell();
  countTrouble();
  next();
  if (isBusy()) showSending();
  else allSent();
}

function judge(item, request) {
  if (request.status === 429) return waitAsTold(item, request);
  if (request.responseURL.includes("/login")) return refuse(item, form.dataset.signedOut, true);
  const answer = parse(request);
  if (!answer) return refuse(item, form.dataset.refused, true);
  if (answer.storage) form.querySelector("[data-storage]").innerHTML = answer.storage;
  if (answer.footer) keepFocus(() => takeUp(answer));
  // An archive has a verdict for each of its files, unless none could be read.
  const verdicts = answer.files;
  const isUnpacked = isArchive(item.file) && !(verdicts.length === 1 && isArchive(verdicts[0]));
  for (const verdict of verdicts) pronounce(isUnpacked ? inside(verdict) : item, verdict);
  if (isUnpacked || !verdicts.length) item.row.remove();
}

function isArchive({ name }) {
  return name.toLowerCase().endsWith(".zip");
}

function pronounce(item, verdict) {
  if (verdict.verdict === "accepted") accept(item, verdict);
  else if (verdict.verdict === "repeated") settle(item, verdict.message);
  else refuse(item, verdict.message, false);
}

// A file of an archive, in a row of its own.
function inside({ name }) {
  return addItem({ name: name.slice(name.lastIndexOf("/") + 1) }, folderOf(name));
}

// Nothing is wrong with the file: it goes first when the pause is over.
function waitAsTold(item, request) {
  settle(item, form.dataset.waiting);
  item.sent = 0;
  waiting.unshift(item);
  const pause_ms = 1000 * (Number(request.getResponseHeader("Retry-After")) || USUAL_PAUSE_S);
  const told = pause.querySelector("p");
  told.textContent = told.dataset.words.replace("{time}", CLOCK.format(Date.now() + pause_ms));
  clearTimeout(resumes);
  resumes = setTimeout(() => {
    resumes = 0;
    next();
  }, pause_ms);
}

function parse(request) {
  if (request.status !== 200) return null;
  try {
    return JSON.parse(request.responseText);
  } catch {
    return null;
  }
}

// Whoever pressed Next stays on it, though it is another element now.
function keepFocus(change) {
  const isOnNext = document.activeElement?.id === "next-step";
  change();
  if (isOnNext) document.getElementById("next-step").focus();
}

// The draft exists: from now on this page is that draft's.
function takeUp(answer) {
  if (!hasDraft) {
    hasDraft = true;
    const before = form.getAttribute("action");
    if (answer.url !== before) moveTo(before, answer.url);
    forgetRefused(before);
    const saved = document.getElementById("saved-note");
    if (saved) saved.hidden = false;
    const draft = document.getElementById("draft");
    draft.innerHTML = answer.draft;
    htmx.process(draft);
    // What the page said while it was empty.
    for (const past of document.querySelectorAll("#select-error, .drafts-card")) past.remove();
    document.dispatchEvent(new Event("draft:made"));
    return;
  }
  // Of several answers under way an older one may come last: it must not take files away again.
  const footer = document.getElementById("draft-footer");
  if (answer.version >= Number(footer.dataset.version)) footer.outerHTML = answer.footer;
}

// Links and forms that led to the page without a draft lead to the draft.
function moveTo(before, after) {
  form.action = after;
  const sources = document.getElementById("sources");
  if (!sources) return; // of files dropped on another page
  history.replaceState(null, "", after);
  for (const element of sources.querySelectorAll("[href], [action], [hx-get]")) {
    for (const name of ["href", "action", "hx-get"]) {
      const address = element.getAttribute(name);
      if (address?.startsWith(before)) element.setAttribute(name, after + address.slice(before.length));
    }
  }
  htmx.process(sources);
}

function accept(item, verdict) {
  item.row.remove();
  const rows = document.querySelector("[data-files]");
  if (document.getElementById(verdict.id)) return; // came with the draft
  rows.insertAdjacentHTML("beforeend", verdict.html);
  htmx.process(rows.lastElementChild);
}

// Nothing more happens to the file, and nothing is wrong with it.
function settle(item, words) {
  item.row.querySelector("progress").hidden = true;
  item.row.querySelector(".file-state").textContent = words;
}

function refuse(item, words, mayTryAgain) {
  settle(item, words);
  if (!item.row.classList.contains("file-refused")) refusedMeanwhile += 1;
  item.row.classList.add("file-refused");
  const again = item.row.querySelector("[data-again]");
  again.hidden = !mayTryAgain;
  again.onclick = () => {
    item.row.remove();
    countTrouble();
    addFiles([item]);
  };
  countTrouble();
}

// --- going on when all is sent ---------------------------------------------------------------------

// Whoever wants to go on while files are being sent is told how far they are, and goes on then.
export function whenSent(go) {
  goesOn = go;
  if (isBusy()) showSending();
  else allSent();
}

// Nobody waits any more: when all is sent the page stays.
export function stayHere() {
  goesOn = null;
}

function showSending() {
  if (!goesOn) return;
  const done = batch.filter((item) => item.sent === 1).length;
  const sizes = batch.map((item) => item.file.size || 1);
  const sent = batch.reduce((sum, item, place) => sum + item.sent * sizes[place], 0);
  const share = Math.floor((100 * sent) / sizes.reduce((sum, size) => sum + size, 0));
  const values = { n: Math.min(done + 1, batch.length), total: batch.length, percent: share };
  const words = form.dataset.sending.replace(/{(\w+)}/g, (_, name) => values[name]);
  sayOfSending(words);
  announce(form.dataset.goesOn); // once: nobody wants every percent read out
}

function sayOfSending(words) {
  for (const element of document.querySelectorAll("[data-sending-state]")) {
    element.hidden = !words;
    element.textContent = words;
  }
}

// Files come in any order; in the draft they stand in that of their names.
async function allSent() {
  const go = goesOn;
  const isBad = refusedMeanwhile > 0 && go;
  const isNew = batch.length > 0 && hasDraft;
  batch.length = 0;
  refusedMeanwhile = 0;
  goesOn = null;
  if (isNew) await arrange();
  sayOfSending(isBad ? form.dataset.notGone : "");
  if (isBad) announce(form.dataset.notGone);
  go?.(!isBad);
}

async function arrange() {
  const body = new FormData();
  body.append("arrange", "1");
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  try {
    const answer = await fetch(form.action, { method: "POST", body, keepalive: true, headers: HEADERS });
    if (!answer.ok) return;
    const { rows } = await answer.json();
    const files = document.querySelector("[data-files]");
    files.prepend(...rows.map((id) => document.getElementById(id)).filter(Boolean));
  } catch {
    // Later, with the next files; the order changes nothing else.
  }
}

// --- what was refused, after the page was loaded again --------------------------------------------

function keepRefused() {
  if (form.dataset.upload === "offer") return;
  const rows = [...list.querySelectorAll(".file-refused")];
  const kept = rows.map((row) => [row.dataset.name, row.dataset.path, row.querySelector(".file-state").textContent]);
  if (kept.length) sessionStorage.setItem(keyOf(form.action), JSON.stringify(kept));
  else sessionStorage.removeItem(keyOf(form.action));
}

function keyOf(address) {
  return `refused:${new URL(address, location).pathname}`;
}

function forgetRefused(address) {
  sessionStorage.removeItem(keyOf(address));
}

function showRefused() {
  if (form.dataset.upload === "offer") return;
  const kept = JSON.parse(sessionStorage.getItem(keyOf(form.action)) ?? "[]");
  // A page without a draft begins anew, unless it is the same one again.
  const isAnew = !hasDraft && performance.getEntriesByType("navigation")[0]?.type === "navigate";
  if (isAnew) return forgetRefused(form.action);
  for (const [name, path, words] of kept) refuse(addItem({ name }, path), words, false);
  refusedMeanwhile = 0;
}

window.addEventListener("beforeunload", (event) => {
  if (isBusy()) event.preventDefault();
});
showRefused();
