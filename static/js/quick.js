// Files that are dropped on the list of jobs: how many, and what is to become of them. Nothing is sent
// before that is chosen, nor is the script that sends them loaded; when all is sent the job starts, or
// its options are shown.

import { listenToFiles } from "./choose.js";
import { say } from "./notices.js";

const question = document.getElementById("quick");
let offered = [];
let uploads = null; // upload.js, once something is sent

function offer(found) {
  offered.push(...found);
  if (!offered.length) return;
  const { oneFile, someFiles } = question.dataset;
  const words = offered.length === 1 ? oneFile : someFiles.replace("{n}", offered.length);
  document.getElementById("quick-title").textContent = words;
  if (!question.open) question.showModal();
}

async function choose(button) {
  holdChoices(true);
  try {
    uploads = await import("./upload.js");
  } catch {
    say(document.getElementById("connection").dataset.lost, "danger");
    return holdChoices(false);
  }
  if (!question.open) return;
  uploads.addFiles(offered);
  offered = [];
  uploads.whenSent((isGood) => {
    if (isGood && uploads.hasDraft) return goTo(button.dataset.quick);
    holdChoices(false);
    if (!uploads.hasDraft) for (const each of choices()) each.hidden = true; // nothing is left to go on with
  });
}

function goTo(what) {
  const next = document.getElementById("next-step").href;
  if (what === "configure") return location.assign(next);
  const start = document.getElementById("quick-start");
  start.action = next.replace("/setup/configure", "/start");
  start.submit();
}

function choices() {
  return question.querySelectorAll("[data-quick]");
}

function holdChoices(isHeld) {
  for (const button of choices()) button.disabled = isHeld;
}

question.addEventListener("click", (event) => {
  const button = event.target.closest("[data-quick]");
  if (button) choose(button);
  if (event.target.closest("[data-quick-close]")) question.close();
});

// What was sent stays as a draft, which the list shows then.
question.addEventListener("close", () => {
  offered = [];
  uploads?.stayHere();
  for (const button of [...question.querySelectorAll("#uploads [data-dismiss]")].reverse()) button.click();
  holdChoices(false);
  for (const button of choices()) button.hidden = false;
  if (uploads?.hasDraft) location.reload();
});

listenToFiles(question.querySelector("[data-upload]"), offer);
