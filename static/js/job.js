// The page of a job: what its tabs need beyond plain links and forms.

import { say } from "./notices.js";

// A job that was deleted while one looked: load the page, which says so and leads back.
document.body.addEventListener("htmx:responseError", (event) => {
  const isLive = event.detail.elt.matches("#job-live, #log-tail");
  if (isLive && [403, 404].includes(event.detail.xhr.status)) location.reload();
});

// A notification of the browser at the end of the job, for whoever asked for it on this page. The
// page then goes on asking while it is hidden (live.js).
async function setNotify() {
  const wanted = document.body.dataset.notify !== "on";
  if (wanted && (!window.Notification || (await Notification.requestPermission()) !== "granted")) {
    return say(document.querySelector("button[data-notify]").dataset.refused, "info");
  }
  document.body.dataset.notify = wanted ? "on" : "off";
  showNotify();
}

function showNotify() {
  const isOn = document.body.dataset.notify === "on";
  document.querySelector("button[data-notify]")?.setAttribute("aria-pressed", String(isOn));
}

document.addEventListener("click", (event) => {
  if (event.target.closest("button[data-notify]")) setNotify();
});
document.body.addEventListener("htmx:afterSettle", showNotify);
document.body.addEventListener("job:finished", (event) => {
  if (document.body.dataset.notify === "on") new Notification(event.detail.message);
});

// Export: choose the RAG-ready documents of this page and nothing else.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-choose-ready]");
  if (!link) return;
  event.preventDefault();
  for (const box of document.querySelectorAll("[data-select-row]")) {
    box.checked = "ready" in box.dataset;
  }
  // Whoever counts what is chosen listens to this.
  document.querySelector("[data-select-row]")?.dispatchEvent(new Event("change", { bubbles: true }));
});

// On a narrow screen the tabs scroll sideways: show the current one.
const current = document.querySelector(".tabs [aria-current]");
if (current) {
  const tabs = current.parentElement;
  const left = current.getBoundingClientRect().left - tabs.getBoundingClientRect().left;
  tabs.scrollLeft += left - (tabs.clientWidth - current.offsetWidth) / 2;
}

// Tabs, filters and buttons lead to the same page again: there it stands where it stood.
const PLACE = "place"; // in the session

function keepPlace() {
  sessionStorage.setItem(PLACE, JSON.stringify({ page: location.pathname, top: window.scrollY }));
}

// Only for who comes from this very page: what is opened anew begins at its top.
function returnToPlace() {
  const kept = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
  sessionStorage.removeItem(PLACE);
  const before = document.referrer && new URL(document.referrer).pathname;
  if (kept?.page !== location.pathname || before !== location.pathname || location.hash) return;
  window.scrollTo({ top: kept.top, behavior: "instant" });
}

// A log of which little is to be seen is brought up, with the tabs above it.
function showLog() {
  const log = document.querySelector(".log");
  const visible = window.innerHeight - (log?.getBoundingClientRect().top ?? 0);
  if (log && !location.hash && visible < 0.45 * window.innerHeight) {
    document.querySelector(".job-tabs").scrollIntoView({ block: "start", behavior: "instant" });
  }
}

document.addEventListener("click", ({ target }) => {
  const link = target.closest("#job-live a, #job-logs a");
  if (link && new URL(link.href).pathname === location.pathname) keepPlace();
});
// Forms that lead away from the page; what scripts send leaves it as it is.
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented && event.target.closest(".job, .dialog")) keepPlace();
});
if (document.getElementById("job-live")) {
  returnToPlace();
  showLog();
}
