// The log of a job: follows its end, until somebody scrolls up to read.

const MOST_LINES = 2000; // beyond, the oldest leave the page; a link leads to them

const log = document.querySelector("[data-follow]");
const jump = document.querySelector("[data-jump]");
const older = document.getElementById("log-older");
const matches = document.querySelector("[data-matches]");
let isFollowing = !("stays" in log.dataset);
let lastTop = 0;

function isAtEnd() {
  return log.scrollHeight - log.scrollTop - log.clientHeight < 40;
}

function toEnd() {
  log.scrollTop = log.scrollHeight;
}

function showJump() {
  jump.hidden = isFollowing || isAtEnd();
}

function dropOldest() {
  const lines = log.querySelectorAll(".log-line");
  if (lines.length <= MOST_LINES) return;
  const first = lines.length - MOST_LINES;
  for (const line of [...lines].slice(0, first)) line.remove();
  if (matches) matches.dataset.first = Number(matches.dataset.first) + first;
  if (matches?.dataset.at) matches.dataset.at = Math.max(Number(matches.dataset.at) - first, -1);
  const link = older.querySelector("a");
  const address = new URL(link.href);
  address.searchParams.set("before", lines[first].id.replace("line-", ""));
  link.href = address;
  older.hidden = false;
}

log.addEventListener("scroll", () => {
  if (log.scrollTop < lastTop) isFollowing = false;
  else if (isAtEnd()) isFollowing = true;
  lastTop = log.scrollTop;
  showJump();
});

jump.addEventListener("click", () => {
  isFollowing = true;
  toEnd();
  jump.hidden = true;
  log.focus();
});

log.addEventListener("htmx:afterSettle", () => {
  dropOldest();
  if (isFollowing) toEnd();
  showJump();
});

// Through the lines that were found: the one in hand has the focus, by the link of its time. Beyond
// the lines that are shown, the links to earlier and to newer ones lead on.
function toMatch(step) {
  const lines = [...log.querySelectorAll(".log-line")];
  const at = lines.indexOf(document.activeElement.closest(".log-line"));
  const start = at >= 0 ? at : Number(matches.dataset.at ?? (step > 0 ? -1 : lines.length));
  const next = start + step;
  const beyond = next < 0 ? !older.hidden && older.querySelector("a") : document.querySelector("[data-newest]");
  if (!lines[next] && beyond) return location.assign(beyond.href);
  const shown = Math.min(Math.max(next, 0), lines.length - 1);
  isFollowing = false;
  matches.dataset.at = shown;
  lines[shown].querySelector(".log-time").focus({ preventScroll: true });
  lines[shown].scrollIntoView({ block: "center" });
  const number = Number(matches.dataset.first) + shown;
  const total = Math.max(Number(matches.dataset.total), number);
  matches.querySelector("[data-match-number]").textContent = `${number} / ${total}`;
}

for (const button of document.querySelectorAll("[data-match]")) {
  button.addEventListener("click", () => toMatch(Number(button.dataset.match)));
}

// Whether long lines are broken is remembered by the browser.
const wrap = document.querySelector("[data-wrap]");

function setWrap(isWrapped) {
  log.classList.toggle("log-unwrapped", !isWrapped);
  wrap.setAttribute("aria-pressed", String(isWrapped));
}

wrap.addEventListener("click", () => {
  const isWrapped = wrap.getAttribute("aria-pressed") !== "true";
  setWrap(isWrapped);
  localStorage.setItem("log-wrap", isWrapped ? "on" : "off");
});
setWrap(localStorage.getItem("log-wrap") !== "off");

document.querySelector("[data-announce-log]")?.addEventListener("change", (event) => {
  log.setAttribute("aria-live", event.target.checked ? "polite" : "off");
});

if (isFollowing) toEnd();
else log.querySelector(".log-named")?.scrollIntoView({ block: "center" });
showJump();
