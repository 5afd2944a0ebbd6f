// Small controls of every page: copying, the theme, menus, buttons that are pressed once.

import { say } from "./notices.js";

async function copy(button) {
  const text = document.querySelector(button.dataset.copy).textContent.trim();
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without HTTPS browsers do not give the clipboard: select the text for the person instead.
    const range = document.createRange();
    range.selectNodeContents(document.querySelector(button.dataset.copy));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    return;
  }
  say(document.body.dataset.copied, "success");
}

function setTheme(form, button) {
  const theme = button.value;
  document.documentElement.dataset.theme = theme;
  document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  for (const other of document.querySelectorAll("[data-theme-form] button")) {
    other.setAttribute("aria-pressed", String(other.value === theme));
  }
}

function listenToControls() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
    for (const menu of document.querySelectorAll("details.menu[open], details.user-menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-theme-form]")) {
      event.preventDefault();
      setTheme(event.target, event.submitter);
      return;
    }
    holdButton(event.submitter);
  });
  // Coming back by the browser's button must not find a button that still says “Starting…”.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}

// A second press while the first is under way would send the form twice.
function holdButton(button) {
  if (!button?.dataset.busy) return;
  setTimeout(() => {
    button.disabled = true;
    button.textContent = button.dataset.busy;
  });
}

// Texts that the editor keeps in this browser are not left to whoever sits here next.
document.addEventListener("submit", ({ target }) => {
  if (!("signsOut" in target.dataset)) return;
  Object.keys(localStorage)
    .filter((name) => name.startsWith("draft:"))
    .forEach((name) => localStorage.removeItem(name));
});

listenToControls();
