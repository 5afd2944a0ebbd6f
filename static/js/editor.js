// The editor of a result: says what is not saved, and lets nobody leave it by accident.
"use strict";

const form = document.getElementById("editor");

function prepareEditor() {
  const text = form.elements.content;
  const state = document.getElementById("editor-state");
  const reset = form.querySelector("[type=reset]");
  const kept = `edit-${form.dataset.row}`; // in the session: what was sent last
  const saved = text.defaultValue;
  let isSending = false;

  const isChanged = () => text.value !== saved || "unsaved" in form.dataset;

  function show() {
    state.textContent = isChanged() ? state.dataset.unsavedWords : "";
    reset.disabled = text.value === saved;
  }

  // Somebody whose session ended while they wrote signs in, comes back here, and finds their text.
  function bringBack() {
    const sent = JSON.parse(sessionStorage.getItem(kept) ?? "null");
    sessionStorage.removeItem(kept);
    const base = form.elements.based_on.value;
    if (!sent || sent.base !== base || sent.text === saved || "unsaved" in form.dataset) return;
    text.value = sent.text;
    say(form.dataset.broughtBack, "info");
  }

  text.addEventListener("input", show);
  form.addEventListener("reset", () => {
    setTimeout(() => {
      show();
      htmx.trigger(text, "curatore:reset");
    });
  });
  form.addEventListener("submit", () => {
    isSending = true;
    const sent = { base: form.elements.based_on.value, text: text.value };
    try {
      sessionStorage.setItem(kept, JSON.stringify(sent));
    } catch {
      // Too long to be kept: the browser's own way back still has it.
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isSending && isChanged()) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[type=submit]"));
    }
  });
  bringBack();
  show();
}

if (form) prepareEditor();
