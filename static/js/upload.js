// Selecting files, in Create New Job and on the Process page: they go to the server one by one, three
// at a time, and each gets a verdict in words. The first one makes the draft; only then are the others
// sent. What was refused stays in sight until somebody takes it away. When the server has no time for
// more, the rest waits as long as it says.
"use strict";

const AT_ONCE = 3;
const USUAL_PAUSE_S = 30; // if a proxy asks for patience and does not say how long
const LITTER = ["__MACOSX", ".DS_Store", "Thumbs.db"];

const form = document.querySelector("[data-upload]");
const list = document.getElementById("uploads");
const pause = document.getElementById("upload-pause");
const waiting = [];
let resumes = 0; // the timer at whose end files are sent again
let under_way = 0;
let hasDraft = document.getElementById("draft-files") !== null;

// Each file comes with its folder, "" if it was chosen by itself.
function addFiles(found) {
  for (const { file, path } of found.filter((each) => !isLitter(each))) {
    const item = addItem(file, path);
    if (file.size > Number(form.dataset.maxBytes)) refuse(item, form.dataset.tooLarge, false);
    else waiting.push(item);
  }
  next();
}

// What systems leave behind in folders; the server leaves it out, too.
function isLitter(item) {
  const parts = fullName(item).split("/");
  return LITTER.some((name) => parts.includes(name)) || item.file.name.startsWith("._");
}

function addItem(file, path) {
  const item = { file, path, row: addRow(file, path) };
  item.row.querySelector("[data-dismiss]").addEventListener("click", () => dismiss(item));
  return item;
}

// Away with the row; a file that waits is not sent, one that is being sent is broken off.
function dismiss(item) {
  const place = waiting.indexOf(item);
  if (place >= 0) waiting.splice(place, 1);
  item.request?.abort();
  const neighbour = item.row.nextElementSibling ?? item.row.previousElementSibling;
  item.row.remove();
  countTrouble();
  if (!waiting.length) pause.hidden = true;
  (neighbour?.querySelector("[data-dismiss]") ?? document.getElementById("next-step")).focus();
}

function countTrouble() {
  const number = list.querySelectorAll(".file-refused").length;
  const words = number === 1 ? form.dataset.oneNeedsAttention : form.dataset.someNeedAttention;
  for (const element of document.querySelectorAll("[data-attention]")) {
    element.hidden = number === 0;
    element.textContent = number ? `, ${words.replace("{n}", number)}` : "";
  }
}

function next() {
  pause.hidden = !resumes || !waiting.length;
  if (resumes) return;
  const limit = hasDraft ? AT_ONCE : 1;
  while (waiting.length && under_way < limit) send(waiting.shift());
}

function addRow(file, path) {
  const row = document.getElementById("upload-row").content.firstElementChild.cloneNode(true);
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
  tell();
  countTrouble();
  next();
}

function judge(item, request) {
  if (request.status === 429) return waitAsTold(item, request);
  if (request.responseURL.includes("/login")) return refuse(item, form.dataset.signedOut, true);
  const answer = parse(request);
  if (!answer) return refuse(item, form.dataset.refused, true);
  if (answer.storage) form.querySelector("[data-storage]").innerHTML = answer.storage;
  if (answer.footer) takeUp(answer);
  // An archive has a verdict for each of its files, unless none could be read.
  const verdicts = answer.files;
  const isUnpacked = isArchive(item.file) && !(verdicts.length === 1 && isArchive(verdicts[0]));
  for (const verdict of verdicts) tell(isUnpacked ? inside(verdict) : item, verdict);
  if (isUnpacked || !verdicts.length) item.row.remove();
}

function isArchive({ name }) {
  return name.toLowerCase().endsWith(".zip");
}

function tell(item, verdict) {
  if (verdict.verdict === "accepted") accept(item, verdict);
  else if (verdict.verdict === "repeated") settle(item, verdict.message);
  else refuse(item, verdict.message, false);
}

function fullName({ file, path }) {
  return path ? `${path}/${file.name}` : file.name;
}

// A file of an archive, in a row of its own.
function inside({ name }) {
  return addItem({ name: name.slice(name.lastIndexOf("/") + 1) }, folderOf(name));
}

// Nothing is wrong with the file: it goes first when the pause is over.
function waitAsTold(item, request) {
  settle(item, form.dataset.waiting);
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

// The draft exists: from now on this page is that draft's.
function takeUp(answer) {
  if (!hasDraft) {
    hasDraft = true;
    const before = form.getAttribute("action");
    if (answer.url !== before) moveTo(before, answer.url);
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
  history.replaceState(null, "", after);
  const sources = document.getElementById("sources");
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

// --- choosing and dropping -------------------------------------------------------------------------

// What a file field or the clipboard gives; fields for folders tell the path of each file.
function chosen(files) {
  return [...files].map((file) => ({ file, path: folderOf(file.webkitRelativePath ?? "") }));
}

function folderOf(path) {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0)).replace(/^\//, "");
}

// Files of dropped folders too; browsers give them a hundred entries at a time.
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return chosen(transfer.files);
  return (await Promise.all(entries.map(filesBelow))).flat();
}

async function filesBelow(entry) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ file, path: folderOf(entry.fullPath) }];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    found.push(...(await Promise.all(some.map(filesBelow))).flat());
  }
}

function listen() {
  for (const input of form.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => {
      addFiles(chosen(input.files));
      input.value = "";
    });
  }
  for (const button of form.querySelectorAll("[data-pick]")) {
    button.addEventListener("click", () => document.querySelector(button.dataset.pick).click());
  }
  listenToDrops();
  document.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) addFiles(chosen(event.clipboardData.files));
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    // The button of the file that was removed is gone: go on where the list begins.
    if (event.detail.target.id === "draft") document.getElementById("draft-files-title").focus();
    countTrouble();
  });
  window.addEventListener("beforeunload", (event) => {
    if (under_way || waiting.length) event.preventDefault();
  });
}

// Anywhere on the page; what is dragged may also be text, which is none of our business.
function listenToDrops() {
  let depth = 0; // dragenter and dragleave also come from children
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  const show = (change) => {
    depth = Math.max(depth + change, 0);
    document.body.classList.toggle("dragging", depth > 0);
  };
  document.addEventListener("dragenter", (event) => carriesFiles(event) && show(1));
  document.addEventListener("dragleave", (event) => carriesFiles(event) && show(-1));
  document.addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  document.addEventListener("drop", async (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    show(-depth);
    addFiles(await dropped(event.dataTransfer));
  });
}

listen();
