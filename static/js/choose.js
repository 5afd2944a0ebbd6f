// How files come to a page that takes them: chosen, dropped anywhere, pasted. upload.js sends them;
// where the page is there for something else, they are only offered (quick.js).
"use strict";

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

// On pages that are there for something else, files are only offered: see quick.js.
function take(found) {
  if (form.dataset.upload === "offer") offer(found.filter((each) => !isLitter(each)));
  else addFiles(found);
}

function listen() {
  for (const input of form.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => {
      take(chosen(input.files));
      input.value = "";
    });
  }
  for (const button of form.querySelectorAll("[data-pick]")) {
    button.addEventListener("click", () => document.querySelector(button.dataset.pick).click());
  }
  listenToDrops();
  document.addEventListener("click", (event) => {
    if (!isBusy() || !event.target.closest("#next-step")) return;
    event.preventDefault();
    event.stopPropagation(); // dialogs open by clicks, too
    whenSent((isGood) => isGood && document.getElementById("next-step").click());
  }, true);
  document.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) take(chosen(event.clipboardData.files));
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
    take(await dropped(event.dataTransfer));
  });
}

listen();
