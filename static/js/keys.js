// Keyboard shortcuts; the Help dialog lists them, and Settings switch all of them off.

export function isTyping(target) {
  return target.isContentEditable || target.matches("input:not([type=checkbox], [type=button]), select, textarea");
}

// Ctrl or Cmd with a letter -> the link in the sidebar that it stands for.
const PLACES = { j: "[data-home]", p: "[data-process]" };

function onKey(event) {
  if (event.defaultPrevented || event.altKey || isTyping(event.target)) return;
  if (document.documentElement.dataset.shortcuts === "off") return;
  if (event.ctrlKey || event.metaKey) {
    const link = PLACES[event.key.toLowerCase()];
    const place = link && !event.shiftKey && document.querySelector(link);
    if (!place) return;
    event.preventDefault();
    location.assign(place.href);
  } else if (!document.querySelector("dialog:modal, .dialog:popover-open")) {
    onSingleKey(event);
  }
}

function onSingleKey(event) {
  // Where a page has no rows to step through, the same key may be a button's.
  if (SINGLE_KEYS[event.key]?.() || pressed(event.key)) event.preventDefault();
}

// Each tells whether there was anything to do.
const SINGLE_KEYS = {
  "/": () => {
    const search = document.querySelector("[data-search]");
    search?.focus();
    search?.select();
    return Boolean(search);
  },
  "?": () => {
    const help = document.getElementById("help");
    help?.showPopover();
    return Boolean(help);
  },
  j: () => step(1),
  k: () => step(-1),
  x: () => {
    const box = rowInHand()?.querySelector("[data-select-row]");
    box?.click();
    return Boolean(box);
  },
};

// `c` and whatever else a button or link of the page names as its key.
function pressed(key) {
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  target?.click();
  return Boolean(target);
}

function rowInHand() {
  return document.activeElement.closest("[data-rows] > tr");
}

// To the next or previous row of the list: its link has the focus, so that Enter opens it.
function step(by) {
  const rows = [...document.querySelectorAll("[data-rows] > tr")];
  const at = rows.indexOf(rowInHand());
  const next = rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)];
  next?.querySelector(".row-link").focus();
  return Boolean(next);
}

function nameKeys() {
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  for (const element of document.querySelectorAll("[data-keys]")) {
    element.textContent = element.dataset.keys.replace("mod+", isMac ? "⌘" : "Ctrl ");
  }
}

document.addEventListener("keydown", onKey);
nameKeys();
