// Times in the words and the zone of the reader, and numbers that go on by themselves.

const RELATIVE = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto", style: "short" });
const ABSOLUTE = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
const DATE = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium" });
export const CLOCK = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "medium", hourCycle: "h23" });
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];

function relative(date) {
  const seconds = (date - Date.now()) / 1000;
  if (Math.abs(seconds) > 7 * 86400) return DATE.format(date); // its title has the time
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return RELATIVE.format(Math.trunc(seconds / size), unit);
  }
  return RELATIVE.format(0, "second");
}

function passed(date) {
  const total = Math.max(Math.round((Date.now() - date) / 1000), 0);
  const two = (number) => String(number).padStart(2, "0");
  if (total < 60) return `${total} s`;
  if (total < 3600) return `${Math.floor(total / 60)} min ${two(total % 60)} s`;
  return `${Math.floor(total / 3600)} h ${two(Math.floor((total % 3600) / 60))} min`;
}

const SHOWN_AS = {
  relative,
  absolute: (date) => ABSOLUTE.format(date),
  date: (date) => DATE.format(date),
  clock: (date) => CLOCK.format(date),
};

export function refreshTimes() {
  for (const element of document.querySelectorAll("time[data-time]")) {
    const text = SHOWN_AS[element.dataset.time](new Date(element.dateTime));
    if (element.textContent !== text) element.textContent = text;
  }
  for (const element of document.querySelectorAll("[data-since]")) {
    element.textContent = passed(new Date(element.dataset.since));
  }
}

refreshTimes();
setInterval(refreshTimes, 1000);
