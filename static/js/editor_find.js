// Search and replace in the editor of a result: plain text, gone through by Enter and Shift Enter.

const finder = document.getElementById("editor-find");

// What the browser's own editing inserts before it takes seconds: it goes line by line.
const MOST_LINES = 300;
const MOST_LETTERS = 100_000;

function prepareFinder() {
  const text = document.getElementById("editor-text");
  const [wanted, replacement, matchesCase] = finder.querySelectorAll("input");
  const status = finder.querySelector("[role=status]");
  const undo = { before: "", after: null }; // of the last long replacement
  const counted = { text: null, words: null, starts: [] }; // of the last search

  // Letters that grow when they are made small, such as İ, would shift all places after them.
  const small = (words) => words.replace(/[^\u0130]+/g, (run) => run.toLowerCase());
  const prepared = (words) => (matchesCase.checked ? words : small(words));

  // Where the words begin; searched anew only when one of them changed.
  function places() {
    const key = `${matchesCase.checked} ${wanted.value}`;
    if (counted.text === text.value && counted.words === key) return counted.starts;
    const [where, what] = [prepared(text.value), prepared(wanted.value)];
    const starts = [];
    for (let at = what ? where.indexOf(what) : -1; at >= 0; at = where.indexOf(what, at + what.length)) {
      starts.push(at);
    }
    Object.assign(counted, { text: text.value, words: key, starts });
    return starts;
  }

  const say = (words, values) =>
    (status.textContent = words.replace(/\{(\w+)\}/g, (_, name) => values[name].toLocaleString()));

  function tell(at, starts) {
    if (!wanted.value) status.textContent = "";
    else if (!starts.length) say(status.dataset.none, {});
    else say(status.dataset.found, { at: at + 1, count: starts.length });
  }

  function select(start, length) {
    const focused = document.activeElement;
    // A browser scrolls to the selection of what has the focus.
    text.setSelectionRange(start, start);
    text.blur();
    text.focus();
    text.setSelectionRange(start, start + length);
    if (finder.contains(focused)) focused.focus();
  }

  function step(by, from = text.selectionStart) {
    const starts = places();
    let at = 0;
    if (by > 0) at = starts.findIndex((start) => start >= from);
    else at = starts.findLastIndex((start) => start < from);
    if (at < 0) at = by > 0 ? 0 : starts.length - 1; // around the end
    if (starts.length) select(starts[at], wanted.value.length);
    tell(at, starts);
  }

  const isOnMatch = () =>
    wanted.value && prepared(text.value.slice(text.selectionStart, text.selectionEnd)) === prepared(wanted.value);

  const isLong = (words) => words.length > MOST_LETTERS || words.split("\n").length > MOST_LINES;

  // Through the browser's own editing, so that its undo takes it back; or if that would take too
  // long, with an undo of our own.
  function insert(start, end, words) {
    text.focus();
    text.setSelectionRange(start, end);
    if (!isLong(words) && document.execCommand(words ? "insertText" : "delete", false, words)) return;
    undo.before = text.value;
    text.setRangeText(words, start, end, "end");
    undo.after = text.value;
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function takeBack(event) {
    if (undo.after === null || text.value !== undo.after) return;
    event.preventDefault();
    text.value = undo.before;
    undo.after = null;
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function replaceOne() {
    const focused = document.activeElement;
    if (isOnMatch()) {
      const start = text.selectionStart;
      insert(start, text.selectionEnd, replacement.value);
      focused.focus();
      step(1, start + replacement.value.length);
    } else {
      step(1);
    }
  }

  // All at once, as one step to undo: only what lies between the first and the last is written anew.
  function replaceAll() {
    const focused = document.activeElement;
    const starts = places();
    if (!starts.length) return tell(0, starts);
    const [length, all] = [wanted.value.length, text.value];
    const last = starts.at(-1) + length;
    const between = starts.map((start, at) => replacement.value + all.slice(start + length, starts[at + 1] ?? last));
    insert(starts[0], last, between.join(""));
    focused.focus();
    say(status.dataset.replaced, { count: starts.length });
  }

  const ACTIONS = {
    next: () => step(1, isOnMatch() ? text.selectionEnd : text.selectionStart),
    previous: () => step(-1),
    replace: replaceOne,
    all: replaceAll,
  };

  // The first match from where one is; the text itself is not searched at each letter typed into it.
  const searchAgain = () => step(1);
  wanted.addEventListener("input", searchAgain);
  matchesCase.addEventListener("change", searchAgain);
  finder.addEventListener("click", (event) => {
    ACTIONS[event.target.closest("[data-find]")?.dataset.find]?.();
  });
  finder.addEventListener("keydown", (event) => {
    if (event.key === "Escape") text.focus();
    if (event.key !== "Enter" || event.target.matches("button")) return;
    event.preventDefault(); // it must not save the text
    if (event.target === replacement) replaceOne();
    else if (event.target === wanted) ACTIONS[event.shiftKey ? "previous" : "next"]();
  });
  text.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey) return;
    if (event.key.toLowerCase() === "z") takeBack(event);
    if (event.key.toLowerCase() === "f") beginSearch(event);
  });

  function beginSearch(event) {
    event.preventDefault();
    const chosen = text.value.slice(text.selectionStart, text.selectionEnd);
    if (chosen && !chosen.includes("\n")) wanted.value = chosen;
    wanted.focus();
    wanted.select();
    step(1);
  }
}

if (finder) prepareFinder();
