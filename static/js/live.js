// Parts of a page that ask by themselves what is new, and what a person did to them meanwhile.

import { isTyping } from "./keys.js";
import { announce, say } from "./notices.js";
import { refreshTimes } from "./times.js";

const SOON_MS = 60_000;
const STARTED_OVER = "started-over"; // in the session: when the page loaded itself again

// The server, or a proxy before it, asked for patience: until then no live part asks (in ms).
let quietUntil = 0;

// What the person did to a page outlives the next answer: open details, the field being typed in,
// the rows that are chosen.
function keepWhatIsOpen() {
  const defaults = window.Idiomorph.defaults;
  defaults.ignoreActiveValue = true;
  defaults.callbacks.beforeAttributeUpdated = (name, element) =>
    !(name === "open" && element.tagName === "DETAILS") &&
    !(name === "checked" && element.closest("[data-selection]"));
  defaults.callbacks.beforeNodeMorphed = (before, after) =>
    !before.matches?.("[data-selected-count]") &&
    !("same" in (after.dataset ?? {})); // of rows that the page has as they are only the ids come back
}

function followJob() {
  const live = document.getElementById("job-live");
  if (!live) return;
  if (live.dataset.title) document.title = live.dataset.title;
  announce(live.dataset.announce.trim());
}

// A request that never comes back, or an answer that cannot be put into the page: whatever the
// reason, a page that shows live work must not stand still without a word. It loads itself again.
// What goes wrong again so soon is left as it is: the line about the connection tells it.
function startOver() {
  const last = Number(sessionStorage.getItem(STARTED_OVER) ?? 0);
  if (Date.now() - last < SOON_MS) return;
  sessionStorage.setItem(STARTED_OVER, String(Date.now()));
  location.reload();
}

function watchOverLive() {
  const patience = 3000 * Number(document.body.dataset.idlePoll); // three slow polls, in ms
  let heard = Date.now();
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.matches("#job-live, #job-list")) heard = Date.now();
  });
  document.body.addEventListener("htmx:swapError", (event) => {
    if (event.detail.elt.matches("[data-poll]")) startOver();
  });
  setInterval(() => {
    const waits = document.hidden || isTyping(document.activeElement) || Date.now() < quietUntil;
    if (waits) heard = Date.now();
    const follows = document.querySelector("#job-live[data-poll], #job-list");
    if (follows && Date.now() - heard > patience && navigator.onLine) startOver();
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
  listen("htmx:swapError", () => "failing");
  listen("htmx:responseError", (status) => (status >= 500 || status === 429 ? "failing" : "gone"));
  listen("htmx:beforeOnLoad", (status) => (status < 400 ? null : status >= 500 ? "failing" : "gone"));
  addEventListener("offline", () => tell("lost"));
  addEventListener("online", () => tell(null));
}

function listenToLive() {
  const body = document.body;
  body.addEventListener("htmx:beforeRequest", (event) => {
    const sleeps = (document.hidden && body.dataset.notify !== "on") || Date.now() < quietUntil;
    if (sleeps && event.detail.elt.matches("[data-poll]")) event.preventDefault();
  });
  // Rows that the page has as they are need not come again.
  body.addEventListener("htmx:configRequest", ({ detail: { elt, headers } }) => {
    if (!elt.matches("#job-live[data-poll]")) return;
    const known = [...elt.querySelectorAll("[data-version]")].map((row) => row.dataset.version);
    if (known.length) headers["X-Known-Rows"] = known.join(" ");
  });
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

watchOverLive();
listenToConnection();
keepWhatIsOpen();
listenToLive();
