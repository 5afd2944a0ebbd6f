// How files come to a page that takes them: chosen, dropped anywhere, pasted. What is done with them
// is up to the page: they are sent at once (select.js), or only offered (quick.js).

const LITTER = ["__MACOSX", ".DS_Store", "Thumbs.db"];

// `take` gets what came through the form or by drop and paste: files with their folders, "" if one was
// chosen by itself.
export function listenToFiles(form, take) {
  const takeUseful = (found) => take(found.filter((each) => !isLitter(each)));
  for (const input of form.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => {
      takeUseful(chosen(input.files));
      input.value = "";
    });
  }
  for (const button of form.querySelectorAll("[data-pick]")) {
    button.addEventListener("click", () => document.querySelector(button.dataset.pick).click());
  }
  listenToDrops(takeUseful);
  document.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) takeUseful(chosen(event.clipboardData.files));
  });
}

// What systems leave behind in folders; the server leaves it out, too.
function isLitter({ file, path }) {
  const parts = [...path.split("/"), file.name];
  return LITTER.some((name) => parts.includes(name)) || file.name.startsWith("._");
}

// What a file field or the clipboard gives; fields for folders tell the path of each file.
function chosen(files) {
  return [...files].map((file) => ({ file, path: folderOf(file.webkitRelativePath ?? "") }));
}

export function folderOf(path) {
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

// Anywhere on the page; what is dragged may also be text, which is none of our business.
function listenToDrops(take) {
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
