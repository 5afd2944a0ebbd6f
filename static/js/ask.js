// Forms marked `data-asks`: the page of their question comes as a dialog, where one is. Without this
// script it comes as a page. Buttons marked `data-plain` ask nothing: the browser sends their form.

import { say } from "./notices.js";

async function ask(form, submitter) {
  const dialog = document.getElementById("ask");
  let answer;
  try {
    answer = await fetch(submitter?.formAction ?? form.action, {
      method: "POST",
      body: new FormData(form, submitter),
      headers: { "HX-Request": "true", "HX-Current-URL": location.href },
    });
  } catch {
    say(document.getElementById("connection").dataset.lost, "danger");
    return;
  }
  const elsewhere = answer.headers.get("HX-Redirect") ?? (answer.redirected && answer.url);
  if (elsewhere) return location.assign(elsewhere);
  if (!answer.ok) return say(document.body.dataset.failed, "danger");
  dialog.innerHTML = await answer.text();
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
  dialog.showModal();
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-asks]") || event.submitter?.matches("[data-plain]")) return;
  event.preventDefault();
  ask(event.target, event.submitter);
});

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close-dialog]");
  if (close?.closest("dialog")) {
    event.preventDefault();
    close.closest("dialog").close();
  }
});
