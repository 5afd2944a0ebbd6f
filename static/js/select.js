// Selecting documents, in Create New Job and on the Process page: files that come are sent at once.

import { listenToFiles } from "./choose.js";
import { addFiles, countTrouble, isBusy, whenSent } from "./upload.js";

listenToFiles(document.querySelector("[data-upload]"), addFiles);

document.addEventListener("click", (event) => {
  if (!isBusy() || !event.target.closest("#next-step")) return;
  event.preventDefault();
  event.stopPropagation(); // dialogs open by clicks, too
  whenSent((isGood) => isGood && document.getElementById("next-step").click());
}, true);

document.body.addEventListener("htmx:afterSwap", (event) => {
  // The button of the file that was removed is gone: go on where the list begins.
  if (event.detail.target.id === "draft") document.getElementById("draft-files-title").focus();
  countTrouble();
});
