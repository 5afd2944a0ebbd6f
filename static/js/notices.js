// Notices in the corner of the page, and words for screen readers.

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

export function say(text, kind) {
  const element = document.createElement("div");
  element.className = `toast toast-${kind}`;
  const words = document.createElement("span");
  words.textContent = text;
  element.append(words);
  toast(element);
}

export function announce(text) {
  const region = document.getElementById("announcer");
  if (text && region.textContent !== text) region.textContent = text;
}

for (const element of document.querySelectorAll("[data-toasts] > li")) toast(element);
