// Options that differ from their default are marked as they are changed; as the page comes, the
// server has marked them.
"use strict";

document.addEventListener("input", ({ target }) => {
  const option = target.closest("[data-default]");
  if (!option) return;
  const value = target.type === "checkbox" ? (target.checked ? "on" : "off") : target.value;
  const standard = option.dataset.default;
  const same = value === standard || (value !== "" && Number(value) === Number(standard));
  option.classList.toggle("option-changed", !same);
});
