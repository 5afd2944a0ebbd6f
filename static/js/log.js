// The log of a job: follows its end, until somebody scrolls up to read.
"use strict";

const MOST_LINES = 2000; // beyond, the oldest leave the page; a link leads to them

const log = document.querySelector("[data-follow]");
const jump = document.querySelector("[data-jump]");
const older = document.getElementById("log-older");
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

document.querySelector("[data-announce-log]")?.addEventListener("change", (event) => {
  log.setAttribute("aria-live", event.target.checked ? "polite" : "off");
});

if (isFollowing) toEnd();
else log.querySelector(".log-named")?.scrollIntoView({ block: "center" });
showJump();
