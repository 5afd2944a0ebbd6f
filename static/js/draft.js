// Keeps what is being entered: a form marked `data-autosave` is sent to the server a moment after
// each change, and before the page is left, so that reload, back and forward lose nothing.
// `data-opens` opens a dialog by its id.

const PAUSE_MS = 500; // after the last change

const note = document.getElementById("saved-note");
const draft = document.querySelector("form[data-autosave]");
let timer = 0;
let touched = false;

function tell(state) {
  if (!note) return;
  note.hidden = false;
  note.dataset.state = state;
  note.querySelector("span").textContent = note.dataset[state];
}

function saveSoon() {
  touched = true;
  if (draft.dataset.autosave === "later") return;
  clearTimeout(timer);
  tell("saving");
  timer = setTimeout(save, PAUSE_MS);
}

async function save() {
  clearTimeout(timer);
  timer = 0;
  const body = new FormData(draft); // before anything waits: the page may be on its way out
  body.append("autosave", "1");
  try {
    const answer = await fetch(draft.action, { method: "POST", body, keepalive: true, redirect: "manual" });
    if (!timer) tell(answer.status === 204 ? "saved" : answer.status === 422 ? "unsaved" : "lost");
  } catch {
    if (!timer) tell("lost");
  }
}

function listenToDraft() {
  draft.addEventListener("input", saveSoon);
  // Sent by a button: that request carries everything, a second one would only come too late.
  draft.addEventListener("submit", () => {
    clearTimeout(timer);
    timer = 0;
  });
  // A form beside an empty page saves nothing until the first file has made a draft.
  document.addEventListener("draft:made", () => {
    draft.dataset.autosave = "";
    if (touched) saveSoon();
  });
  window.addEventListener("pagehide", () => {
    if (timer) save();
  });
}

function listenToDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens).showModal();
    if (event.target.closest("[data-closes]")) event.target.closest("dialog").close();
  });
}

if (draft) listenToDraft();
listenToDialogs();
