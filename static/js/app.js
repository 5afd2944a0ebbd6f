// What pages do in the browser. Everything also works without it, only less lively.
"use strict";

// --- notices ----------------------------------------------------------------------------------

const NOTICE_MS = 6000; // how long a notice stays; one about trouble stays until it is closed

function toast(element) {
  const corner = document.getElementById("toasts");
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "×";
  close.setAttribute("aria-label", corner.dataset.closeLabel);
  close.addEventListener("click", () => element.remove());
  element.append(close);
  corner.append(element);
  findPlace(corner);
  if (!element.classList.contains("toast-danger")) removeLater(element);
}

// Nobody's reading is cut short: the time stands still while the pointer or the focus is on it.
function removeLater(element) {
  let left = NOTICE_MS;
  let since = performance.now();
  let timer = setTimeout(() => element.remove(), left);
  const pause = () => {
    clearTimeout(timer);
    left -= performance.now() - since;
  };
  const go = () => {
    since = performance.now();
    timer = setTimeout(() => element.remove(), Math.max(left, 1000));
  };
  element.addEventListener("pointerenter", pause);
  element.addEventListener("pointerleave", go);
  element.addEventListener("focusin", pause);
  element.addEventListener("focusout", go);
}

// Top right, but as far down as it takes to lie over nothing that one may want to press. Where there
// is no such place, as on a phone, notices stand above the content and push it down.
function findPlace(corner) {
  corner.style.top = "";
  corner.classList.remove("toasts-above");
  const box = corner.getBoundingClientRect();
  const controls = [...document.querySelectorAll(":is(main, .topbar, .status-bar) :is(a, button, input, select, textarea, summary)")]
    .filter((control) => !corner.contains(control))
    .map((control) => control.getBoundingClientRect())
    .filter(({ left, right, width, height }) => width && height && right > box.left && left < box.right);
  const isFree = (top) => !controls.some((each) => each.bottom > top && each.top < top + box.height);
  for (let top = box.top; top + box.height < window.innerHeight; top += 8) {
    if (!isFree(top)) continue;
    corner.style.top = `${top}px`;
    return;
  }
  corner.classList.add("toasts-above");
  document.getElementById("main")?.prepend(corner);
  corner.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  const corner = document.getElementById("toasts");
  if (event.key === "F8") corner.querySelector(".toast:last-child button")?.focus();
  if (event.key === "Escape" && corner.contains(document.activeElement)) document.activeElement.click();
});

function say(text, kind) {
  const element = document.createElement("div");
  element.className = `toast toast-${kind}`;
  const words = document.createElement("span");
  words.textContent = text;
  element.append(words);
  toast(element);
}

// Texts that the editor keeps in this browser are not left to whoever sits here next.
document.addEventListener("submit", ({ target }) => {
  if (!("signsOut" in target.dataset)) return;
  Object.keys(localStorage)
    .filter((name) => name.startsWith("draft:"))
    .forEach((name) => localStorage.removeItem(name));
});

function announce(text) {
  const region = document.getElementById("announcer");
  if (text && region.textContent !== text) region.textContent = text;
}

// --- times and numbers that go on ---------------------------------------------------------------

const RELATIVE = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto", style: "short" });
const ABSOLUTE = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
const DATE = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium" });
const CLOCK = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "medium", hourCycle: "h23" });
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];

function relative(date) {
  const seconds = (date - Date.now()) / 1000;
  if (Math.abs(seconds) > 7 * 86400) return DATE.format(date); // its title has the time
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return RELATIVE.format(Math.trunc(seconds / size), unit);
  }
  return RELATIVE.format(0, "second");
}

function passed(date) {
  const total = Math.max(Math.round((Date.now() - date) / 1000), 0);
  const two = (number) => String(number).padStart(2, "0");
  if (total < 60) return `${total} s`;
  if (total < 3600) return `${Math.floor(total / 60)} min ${two(total % 60)} s`;
  return `${Math.floor(total / 3600)} h ${two(Math.floor((total % 3600) / 60))} min`;
}

const SHOWN_AS = {
  relative,
  absolute: (date) => ABSOLUTE.format(date),
  date: (date) => DATE.format(date),
  clock: (date) => CLOCK.format(date),
};

function refreshTimes() {
  for (const element of document.querySelectorAll("time[data-time]")) {
    const text = SHOWN_AS[element.dataset.time](new Date(element.dateTime));
    if (element.textContent !== text) element.textContent = text;
  }
  for (const element of document.querySelectorAll("[data-since]")) {
    element.textContent = passed(new Date(element.dataset.since));
  }
}

// --- live parts ------------------------------------------------------------------------------------

// What the person did to a page outlives the next answer: open details, the field being typed in,
// the rows that are chosen.
function keepWhatIsOpen() {
  const defaults = window.Idiomorph.defaults;
  defaults.ignoreActiveValue = true;
  defaults.callbacks.beforeAttributeUpdated = (name, element) =>
    !(name === "open" && element.tagName === "DETAILS") &&
    !(name === "checked" && element.closest("[data-selection]"));
  defaults.callbacks.beforeNodeMorphed = (node) => !node.matches?.("[data-selected-count]");
}

function followJob() {
  const live = document.getElementById("job-live");
  if (!live) return;
  if (live.dataset.title) document.title = live.dataset.title;
  announce(live.dataset.announce.trim());
}

// A request that never comes back, or an answer that cannot be put into the page: whatever the
// reason, a page that shows live work must not stand still without a word. It loads itself again.
function watchOverLive() {
  const patience = 3000 * Number(document.body.dataset.idlePoll); // three slow polls, in ms
  let heard = Date.now();
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.matches("#job-live, #job-list")) heard = Date.now();
  });
  document.body.addEventListener("htmx:swapError", (event) => {
    if (event.detail.elt.matches("[data-poll]")) location.reload();
  });
  setInterval(() => {
    const waits = document.hidden || isTyping(document.activeElement) || Date.now() < quietUntil;
    if (waits) heard = Date.now();
    const follows = document.querySelector("#job-live[data-poll], #job-list");
    if (follows && Date.now() - heard > patience && navigator.onLine) location.reload();
  }, 1000);
}

// A question that fails is asked again by itself; meanwhile a quiet line says so. The words for what
// happened stand in the line's data (base.html).
function listenToConnection() {
  const line = document.getElementById("connection");
  const tell = (what) => {
    const words = what ? line.dataset[what] : "";
    if (line.lastElementChild.textContent !== words) line.lastElementChild.textContent = words;
    line.hidden = !what;
  };
  const listen = (name, what) =>
    document.body.addEventListener(name, (event) => {
      if (event.detail.elt.matches("[data-poll]")) tell(what(event.detail.xhr.status));
    });
  listen("htmx:sendError", () => "lost");
  listen("htmx:timeout", () => "lost");
  listen("htmx:responseError", (status) => (status >= 500 || status === 429 ? "failing" : "gone"));
  listen("htmx:beforeOnLoad", (status) => (status < 400 ? null : status >= 500 ? "failing" : "gone"));
  addEventListener("offline", () => tell("lost"));
  addEventListener("online", () => tell(null));
}

// The server, or a proxy before it, asked for patience: until then no live part asks (in ms).
let quietUntil = 0;

function listenToLive() {
  const body = document.body;
  body.addEventListener("htmx:beforeRequest", (event) => {
    const sleeps = (document.hidden && body.dataset.notify !== "on") || Date.now() < quietUntil;
    if (sleeps && event.detail.elt.matches("[data-poll]")) event.preventDefault();
  });
  // Of rows that the page has as they are only the ids come back; what stands there stays.
  body.addEventListener("htmx:configRequest", ({ detail: { elt, headers } }) => {
    if (!elt.matches("#job-live[data-poll]")) return;
    const known = [...elt.querySelectorAll("[data-version]")].map((row) => row.dataset.version);
    if (known.length) headers["X-Known-Rows"] = known.join(" ");
  });
  Idiomorph.defaults.callbacks.beforeNodeMorphed = (before, after) => !("same" in (after.dataset ?? {}));
  body.addEventListener("htmx:afterSettle", () => {
    refreshTimes();
    followJob();
  });
  body.addEventListener("job:finished", (event) => {
    say(event.detail.message, event.detail.kind);
    announce(event.detail.message);
  });
  body.addEventListener("htmx:responseError", (event) => {
    const { elt, xhr } = event.detail;
    const mustWait = xhr.status === 429;
    const seconds = Number(xhr.getResponseHeader("Retry-After")) || 30;
    if (mustWait) quietUntil = Date.now() + 1000 * seconds;
    if (elt.matches("[data-poll]")) return;
    say(mustWait ? body.dataset.waiting : body.dataset.failed, "danger");
  });
}

// --- small controls ------------------------------------------------------------------------------

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

// --- start ---------------------------------------------------------------------------------------------

watchOverLive();
listenToConnection();
keepWhatIsOpen();
listenToLive();
listenToControls();
refreshTimes();
setInterval(refreshTimes, 1000);
for (const element of document.querySelectorAll("[data-toasts] > li")) toast(element);
