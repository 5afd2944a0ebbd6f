// Options that differ from their default are marked as they are changed; as the page comes, the
// server has marked them.

const sorted = (values) => [...values].sort().join("+");
const ticked = (boxes) => sorted(Array.from(boxes.querySelectorAll(":checked"), (box) => box.value));

// "Automatic" stands alone, and is what counts where nothing else is ticked.
const settle = (boxes, target) => {
  const automatic = boxes.querySelector('input[value="auto"]');
  if (!automatic) return;
  const others = [...boxes.querySelectorAll("input")].filter((box) => box !== automatic);
  if (target === automatic && automatic.checked) others.forEach((box) => { box.checked = false; });
  automatic.checked = !others.some((box) => box.checked);
};

document.addEventListener("input", ({ target }) => {
  const option = target.closest("[data-default]");
  if (!option) return;
  const boxes = target.closest("[data-boxes]");
  if (boxes) settle(boxes, target);
  const value = boxes ? ticked(boxes) : target.type === "checkbox" ? (target.checked ? "on" : "off") : target.value;
  const standard = boxes ? sorted(option.dataset.default.split("+")) : option.dataset.default;
  const same = value === standard || (value !== "" && Number(value) === Number(standard));
  option.classList.toggle("option-changed", !same);
});
