// Options that differ from their default are marked as they are changed; as the page comes, the
// server has marked them.

const sorted = (values) => [...values].sort().join("+");
const ticked = (boxes) => sorted(Array.from(boxes.querySelectorAll(":checked"), (box) => box.value));

document.addEventListener("input", ({ target }) => {
  const option = target.closest("[data-default]");
  if (!option) return;
  const boxes = target.closest("[data-boxes]");
  const value = boxes ? ticked(boxes) : target.type === "checkbox" ? (target.checked ? "on" : "off") : target.value;
  const standard = boxes ? sorted(option.dataset.default.split("+")) : option.dataset.default;
  const same = value === standard || (value !== "" && Number(value) === Number(standard));
  option.classList.toggle("option-changed", !same);
});
