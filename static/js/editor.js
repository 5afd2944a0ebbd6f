// The editor of a result: says what is not saved, keeps it in the browser, and lets nobody leave it by
// accident.

import { say } from "./notices.js";

const form = document.getElementById("editor");

const DRAFT_PAUSE_MS = 800; // after the last change
const LONGEST_DRAFT = 1_000_000; // characters; a browser keeps about five million of a site
const MOST_DRAFTS = 3; // of all results together
const DRAFT_DAYS = 14;

// What was typed and not saved, for each result and the text that it began with. Another person at
// the same browser is not offered it.
const drafts = {
  name: () => `draft:${form.dataset.person}:${form.dataset.row}:${form.elements.based_on.value}`,

  read() {
    try {
      return JSON.parse(localStorage.getItem(this.name()) ?? "null");
    } catch {
      return null;
    }
  },

  drop() {
    localStorage.removeItem(this.name());
  },

  keep(text) {
    this.drop();
    if (text.length > LONGEST_DRAFT) return;
    this.prune();
    try {
      localStorage.setItem(this.name(), JSON.stringify({ text, at: Date.now() }));
    } catch {
      // There is no room: the page still asks before it is left.
    }
  },

  // The draft that was saved began with another text than the page does now.
  dropSaved(saved) {
    Object.keys(localStorage)
      .filter((name) => name.startsWith(`draft:${form.dataset.person}:${form.dataset.row}:`))
      .filter((name) => JSON.parse(localStorage.getItem(name)).text === saved)
      .forEach((name) => localStorage.removeItem(name));
  },

  // Room for one more: the oldest go, and those that nobody came back for.
  prune() {
    const kept = Object.keys(localStorage)
      .filter((name) => name.startsWith("draft:"))
      .map((name) => [name, JSON.parse(localStorage.getItem(name)).at])
      .sort(([, one], [, other]) => other - one);
    const oldest = Date.now() - DRAFT_DAYS * 86_400_000;
    kept
      .filter(([, at], place) => at < oldest || place >= MOST_DRAFTS - 1)
      .forEach(([name]) => localStorage.removeItem(name));
  },
};

function prepareEditor() {
  const text = form.elements.content;
  const state = document.getElementById("editor-state");
  const reset = form.querySelector("[type=reset]");
  const kept = `edit-${form.dataset.row}`; // in the session: what was sent last
  const saved = text.defaultValue;
  const offer = document.getElementById("editor-kept");
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

  let timer = 0;

  function keepDraft() {
    clearTimeout(timer);
    timer = 0;
    if (text.value === saved) drafts.drop();
    else drafts.keep(text.value);
  }

  function keepSoon() {
    offer.hidden = true; // what is typed now takes its place
    clearTimeout(timer);
    timer = setTimeout(keepDraft, DRAFT_PAUSE_MS);
  }

  function offerDraft() {
    const draft = drafts.read();
    if (!draft || draft.text === text.value) return;
    const words = offer.querySelector("[data-words]");
    const at = new Date(draft.at);
    const isToday = at.toDateString() === new Date().toDateString();
    const style = isToday ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
    const time = new Intl.DateTimeFormat(document.documentElement.lang, { hourCycle: "h23", ...style }).format(at);
    words.textContent = words.dataset.words.replace("{time}", time);
    offer.hidden = false;
    offer.addEventListener("click", ({ target }) => {
      if (!("kept" in target.dataset)) return;
      if (target.dataset.kept === "restore") {
        text.value = draft.text;
        text.dispatchEvent(new Event("input", { bubbles: true }));
      } else {
        drafts.drop();
      }
      offer.hidden = true;
      text.focus();
    });
  }

  text.addEventListener("input", () => {
    show();
    keepSoon();
  });
  window.addEventListener("pagehide", () => {
    if (timer) keepDraft();
  });
  form.addEventListener("reset", () => {
    setTimeout(() => {
      show();
      keepDraft();
      htmx.trigger(text, "curatore:reset");
    });
  });
  form.addEventListener("submit", () => {
    isSending = true;
    keepDraft(); // until it is saved: then the page begins with another text
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
  drafts.dropSaved(saved);
  offerDraft();
  show();
}

if (form) prepareEditor();
