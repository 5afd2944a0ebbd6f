// The Select step of Create New Job: files go to the server one by one, three at a time, and each
// gets a verdict in words. The first one makes the draft; only then are the others sent.
"use strict";

const AT_ONCE = 3;

const form = document.querySelector("[data-upload]");
const list = document.getElementById("uploads");
const waiting = [];
let under_way = 0;
let hasDraft = document.getElementById("draft-files") !== null;

function addFiles(files) {
  for (const file of files) waiting.push({ file, row: addRow(file) });
  next();
}

function next() {
  const limit = hasDraft ? AT_ONCE : 1;
  while (waiting.length && under_way < limit) send(waiting.shift());
}

function addRow(file) {
  const row = document.getElementById("upload-row").content.firstElementChild.cloneNode(true);
  row.querySelector(".file-name").textContent = file.webkitRelativePath || file.name;
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
  request.addEventListener("load", () => finish(item, () => judge(item, request)));
  request.addEventListener("error", () => finish(item, () => refuse(item, form.dataset.lost, true)));
  const data = new FormData();
  data.append("files", item.file);
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
  request.send(data);
}

function finish(item, tell) {
  under_way -= 1;
  tell();
  next();
}

function judge(item, request) {
  if (request.responseURL.includes("/login")) return refuse(item, form.dataset.signedOut, true);
  const answer = parse(request);
  if (!answer) return refuse(item, form.dataset.refused, true);
  const verdict = answer.files[0];
  if (answer.footer) takeUp(answer);
  if (verdict.verdict === "accepted") accept(item, verdict, answer);
  else refuse(item, verdict.message, false);
}

function parse(request) {
  if (request.status !== 200) return null;
  try {
    return JSON.parse(request.responseText);
  } catch {
    return null;
  }
}

// The draft exists: from now on this page is that draft's Select step.
function takeUp(answer) {
  if (!hasDraft) {
    hasDraft = true;
    form.action = answer.url;
    history.replaceState(null, "", answer.url);
    document.getElementById("saved-note").hidden = false;
    document.getElementById("draft").innerHTML = answer.draft;
    htmx.process(document.getElementById("draft"));
    useDraftInLibrary(answer.url);
    return;
  }
  // Of several answers under way an older one may come last: it must not take files away again.
  const footer = document.getElementById("draft-footer");
  if (answer.version >= Number(footer.dataset.version)) footer.outerHTML = answer.footer;
}

function useDraftInLibrary(url) {
  for (const other of document.querySelectorAll("#library form")) {
    other.action = url;
    if (other.hasAttribute("hx-get")) other.setAttribute("hx-get", url);
  }
  htmx.process(document.getElementById("library"));
}

function accept(item, verdict, answer) {
  item.row.remove();
  const rows = document.querySelector("[data-files]");
  if (document.getElementById(verdict.id)) return; // came with the draft
  rows.insertAdjacentHTML("beforeend", verdict.html);
  htmx.process(rows.lastElementChild);
}

function refuse(item, words, mayTryAgain) {
  item.row.classList.add("file-refused");
  item.row.querySelector("progress").hidden = true;
  item.row.querySelector(".file-state").textContent = words;
  item.row.querySelector("[data-dismiss]").hidden = false;
  const again = item.row.querySelector("[data-again]");
  again.hidden = !mayTryAgain;
  again.onclick = () => {
    item.row.remove();
    addFiles([item.file]);
  };
}

// --- choosing and dropping -------------------------------------------------------------------------

// Files of dropped folders too; browsers give them a hundred entries at a time.
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  return (await Promise.all(entries.map(filesBelow))).flat();
}

async function filesBelow(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
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
      addFiles([...input.files]);
      input.value = "";
    });
  }
  for (const button of form.querySelectorAll("[data-pick]")) {
    button.addEventListener("click", () => document.querySelector(button.dataset.pick).click());
  }
  list.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) event.target.closest("li").remove();
  });
  let depth = 0; // dragenter and dragleave also come from children
  document.addEventListener("dragenter", () => document.body.classList.toggle("dragging", ++depth > 0));
  document.addEventListener("dragleave", () => document.body.classList.toggle("dragging", --depth > 0));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    depth = 0;
    document.body.classList.remove("dragging");
    addFiles(await dropped(event.dataTransfer));
  });
  window.addEventListener("beforeunload", (event) => {
    if (under_way || waiting.length) event.preventDefault();
  });
}

listen();
