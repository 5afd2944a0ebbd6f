// The page of a job: what its tabs need beyond plain links and forms.
"use strict";

// A job that was deleted while one looked: load the page, which says so and leads back.
document.body.addEventListener("htmx:responseError", (event) => {
  const isLive = event.detail.elt.matches("#job-live, #log-tail");
  if (isLive && [403, 404].includes(event.detail.xhr.status)) location.reload();
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
