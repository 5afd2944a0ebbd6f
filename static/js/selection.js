// Choosing rows of a list, here or on any page: inside of `[data-selection]`
//   [data-select-row]       the check box of a row; shift-click chooses a range
//   [data-select-all]       a check box for all rows that are shown
//   [data-select-matching]  a check box for all rows on all pages, `data-total` of them
//   [data-select-none]      a button that chooses nothing again
//   [data-selected-count]   says how many are chosen
// The bar of what can be done, `[data-selection-bar]`, comes and goes by selection.css alone. Without
// this script the check boxes are those of a plain form.

let lastClicked = null; // where a shift-click begins

function rowsOf(container) {
  return [...container.querySelectorAll("[data-select-row]:not(:disabled)")];
}

// Masters, number and rows say the same again. Rows that come while all are chosen are chosen, too.
function showSelection(container) {
  const rows = rowsOf(container);
  const matching = container.querySelector("[data-select-matching]");
  if (matching?.checked) for (const row of rows) row.checked = true;
  const chosen = rows.filter((row) => row.checked).length;
  for (const master of container.querySelectorAll("[data-select-all]")) {
    master.checked = chosen > 0 && chosen === rows.length;
    master.indeterminate = chosen > 0 && chosen < rows.length;
  }
  const shown = matching?.checked ? matching.dataset.total : String(chosen);
  for (const number of container.querySelectorAll("[data-selected-count]")) {
    if (number.textContent !== shown) number.textContent = shown;
  }
}

function showSelections() {
  for (const container of document.querySelectorAll("[data-selection]")) showSelection(container);
}

function chooseRange(container, box) {
  const rows = rowsOf(container);
  const [from, to] = [rows.indexOf(lastClicked), rows.indexOf(box)].sort((a, b) => a - b);
  if (from < 0) return; // the row where it began is gone
  for (const row of rows.slice(from, to + 1)) row.checked = box.checked;
}

function onBoxChange(container, box) {
  const matching = container.querySelector("[data-select-matching]");
  if (box.matches("[data-select-all], [data-select-matching]")) {
    for (const row of rowsOf(container)) row.checked = box.checked;
  }
  if (matching && !box.checked) matching.checked = false;
  showSelection(container);
}

document.addEventListener("click", (event) => {
  const container = event.target.closest("[data-selection]");
  if (!container) return;
  if (event.target.matches("[data-select-row]")) {
    if (event.shiftKey) chooseRange(container, event.target);
    lastClicked = event.target; // the change event that follows shows the rest
  } else if (event.target.closest("[data-select-none]")) {
    for (const box of container.querySelectorAll("[data-select-row], [data-select-matching]")) {
      box.checked = false;
    }
    showSelection(container);
  }
});

document.addEventListener("change", (event) => {
  const container = event.target.closest("[data-selection]");
  const box = "[data-select-row], [data-select-all], [data-select-matching]";
  if (container && event.target.matches(box)) onBoxChange(container, event.target);
});

// A live list was put in: before anything is painted, numbers are those of the boxes again.
document.addEventListener("htmx:afterSwap", showSelections);
window.addEventListener("pageshow", showSelections); // boxes as the browser remembers them
showSelections();
