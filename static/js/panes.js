// The original beside its result: pages that load as they come into view, both panes in step by
// page, zoom, thumbnails, and a divider. Without this script there is one page at a time, with links.

const panes = document.getElementById("panes");
const WIDTHS = [320, 640, 1000, 1400, 1800, 2400]; // as the server draws them
const PIXELS_OF_POINT = 96 / 72;
const ZOOM_STEP = 1.25;

function remembered(name, usual) {
  return localStorage.getItem(`panes-${name}`) ?? usual;
}

function remember(name, value) {
  try {
    localStorage.setItem(`panes-${name}`, value);
  } catch {
    // It is forgotten, then.
  }
}

// The divider: dragged, or moved with the arrow keys.
function prepareDivider() {
  const divider = panes.querySelector("[role=separator]");
  const key = "facts" in panes.dataset ? "split-facts" : "split";

  function set(percent) {
    const within = Math.min(Math.max(percent, 20), 80);
    panes.style.setProperty("--split", `${within}%`);
    divider.setAttribute("aria-valuenow", String(Math.round(within)));
    remember(key, within);
    panes.dispatchEvent(new Event("panes:resized"));
  }

  const kept = Number(remembered(key, ""));
  if (kept) set(kept);
  divider.addEventListener("pointerdown", (down) => {
    divider.setPointerCapture(down.pointerId);
    const box = panes.getBoundingClientRect();
    const move = (event) => set(((event.clientX - box.left) / box.width) * 100);
    divider.addEventListener("pointermove", move);
    divider.addEventListener("lostpointercapture", () => divider.removeEventListener("pointermove", move), { once: true });
  });
  divider.addEventListener("keydown", (event) => {
    const now = Number(divider.getAttribute("aria-valuenow"));
    const next = { ArrowLeft: now - 2, ArrowRight: now + 2, Home: 20, End: 80 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    set(next);
  });
}

// On a small screen one of the panes is shown.
function prepareSwitch() {
  document.querySelector(".pane-switch").addEventListener("click", (event) => {
    const link = event.target.closest("[data-pane-link]");
    if (!link) return;
    event.preventDefault();
    panes.dataset.pane = link.dataset.paneLink;
    for (const other of document.querySelectorAll("[data-pane-link]")) {
      if (other === link) other.setAttribute("aria-current", "true");
      else other.removeAttribute("aria-current");
    }
    panes.dispatchEvent(new Event("panes:resized"));
  });
}

function preparePages() {
  const original = document.getElementById("original");
  const list = document.getElementById("pages");
  const result = document.getElementById("result-scroll");
  const strip = document.getElementById("thumbnails");
  const field = original.querySelector("[data-page-field]");
  const sizes = JSON.parse(document.getElementById("page-sizes").textContent);
  const count = Number(original.dataset.count);
  const perUnit = original.dataset.unit === "pt" ? PIXELS_OF_POINT : 1;
  let current = Number(original.dataset.number);
  let zoom = remembered("zoom", "fit"); // or a factor
  const figures = [];

  const sizeOf = (number) => sizes[number - 1] ?? sizes[sizes.length - 1];
  const address = (number, width) => original.dataset.src.replace(/1\.png$/, `${number}.png?width=${width}`);
  const label = (number) => original.dataset.pageLabel.replace("%s", number);

  function widthWanted(shown) {
    const wanted = shown * (window.devicePixelRatio || 1);
    return WIDTHS.find((width) => width >= wanted * 0.95) ?? WIDTHS[WIDTHS.length - 1];
  }

  function makeImage(number) {
    const image = document.createElement("img");
    [image.width, image.height] = sizeOf(number).map((side) => Math.max(1, Math.round(side)));
    image.alt = label(number);
    image.decoding = "async";
    return image;
  }

  function makeFigure(number) {
    const figure = document.createElement("figure");
    figure.className = "page";
    figure.dataset.page = number;
    const image = makeImage(number);
    image.addEventListener("error", () => {
      const words = document.createElement("p");
      words.className = "page-broken";
      words.textContent = original.dataset.broken;
      image.replaceWith(words);
    });
    figure.append(image);
    return figure;
  }

  // A picture is asked for when its page comes near, and again when it is shown much larger.
  const near = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        target.toggleAttribute("data-near", isIntersecting);
        if (isIntersecting) draw(target);
      }
    },
    { root: list, rootMargin: "150% 0px" },
  );

  function draw(figure) {
    const image = figure.querySelector("img");
    const shown = figure.clientWidth;
    if (!image || !shown) return;
    const width = widthWanted(shown);
    if (Number(image.dataset.width ?? 0) >= width) return;
    image.dataset.width = width;
    image.src = address(Number(figure.dataset.page), width);
  }

  function layOut() {
    for (const figure of figures) {
      const factor = zoom === "fit" ? 0 : Number(zoom) * perUnit;
      figure.style.width = factor ? `${sizeOf(Number(figure.dataset.page))[0] * factor}px` : "";
    }
    const button = original.querySelector("[data-zoom=toggle]");
    button.textContent = zoom === "fit" ? button.dataset.fit : `${Math.round(Number(zoom) * 100)} %`;
    keepPlace();
    for (const figure of figures) if ("near" in figure.dataset) draw(figure);
  }

  function factorNow() {
    if (zoom !== "fit") return Number(zoom);
    const figure = figures[current - 1];
    return figure.clientWidth / (sizeOf(current)[0] * perUnit) || 1;
  }

  function setZoom(next) {
    zoom = next === "fit" ? next : String(Math.min(Math.max(next, 0.2), 4));
    remember("zoom", zoom);
    layOut();
  }

  // In step: who is scrolled by hand leads, the other one follows by page.
  // What was searched is not in the order of the pages.
  const marks = () =>
    result.querySelector("[data-unordered]") ? [] : [...result.querySelectorAll(".page-mark, [data-page]")].map((element) => ({
      element,
      number: Number(element.dataset.page ?? element.textContent.match(/\d+/)?.[0]),
    }));

  function topOf(element, scroller) {
    return element.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
  }

  function scrollTo(scroller, top) {
    if (Math.abs(scroller.scrollTop - top) > 2) {
      scroller.dataset.led = String(performance.now());
      scroller.scrollTop = top;
    }
  }

  const isLed = (scroller) => performance.now() - Number(scroller.dataset.led ?? -1000) < 250;

  function show(number) {
    current = number;
    if (document.activeElement !== field) field.value = number;
    for (const link of original.querySelectorAll("[data-turn]")) {
      const next = number + Number(link.dataset.turn);
      if (next >= 1 && next <= count) link.href = `#page-${next}`;
      else link.removeAttribute("href");
    }
    for (const other of strip.children) {
      const isCurrent = Number(other.dataset.page) === number;
      if (isCurrent) {
        other.setAttribute("aria-current", "page");
        if (!strip.hidden) other.scrollIntoView({ block: "nearest" });
      } else other.removeAttribute("aria-current");
    }
    const url = new URL(location.href);
    url.searchParams.set("page", number);
    history.replaceState(history.state, "", url);
  }

  function keepPlace() {
    const figure = figures[current - 1];
    if (figure) scrollTo(list, topOf(figure, list) - 8);
  }

  function followInResult() {
    const mark = marks().find(({ number }) => number === current);
    if (current === 1) scrollTo(result, 0); // with what stands above the text
    else if (mark) scrollTo(result, topOf(mark.element, result) - 4);
  }

  function goTo(number) {
    show(Math.min(Math.max(number, 1), count));
    keepPlace();
    followInResult();
  }

  function pageInList() {
    const line = list.scrollTop + list.clientHeight / 3;
    let low = 0;
    let high = figures.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (topOf(figures[middle], list) <= line) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  function pageInResult() {
    const line = result.scrollTop + result.clientHeight / 4;
    let page = 0;
    for (const { element, number } of marks()) {
      if (topOf(element, result) > line) break;
      page = number;
    }
    return page || current;
  }

  let isWaiting = false;
  function onScroll(scroller, pageOf, follow) {
    if (isLed(scroller) || isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      const page = pageOf();
      if (page === current || page > count) return;
      show(page);
      follow();
    });
  }

  list.replaceChildren();
  for (let number = 1; number <= Math.max(count, 1); number += 1) {
    const figure = makeFigure(number);
    figures.push(figure);
    list.append(figure);
    near.observe(figure);
  }
  list.addEventListener("scroll", () => onScroll(list, pageInList, followInResult), { passive: true });
  result.addEventListener("scroll", () => onScroll(result, pageInResult, keepPlace), { passive: true });
  panes.addEventListener("panes:resized", layOut);
  window.addEventListener("resize", layOut);

  original.addEventListener("click", (event) => {
    const turn = event.target.closest("[data-turn]");
    if (turn) {
      event.preventDefault();
      goTo(current + Number(turn.dataset.turn));
    }
    const button = event.target.closest("[data-zoom]");
    if (!button) return;
    const kind = button.dataset.zoom;
    if (kind === "toggle") setZoom(zoom === "fit" ? 1 : "fit");
    else setZoom(factorNow() * (kind === "in" ? ZOOM_STEP : 1 / ZOOM_STEP));
  });
  field.addEventListener("change", () => goTo(Number.parseInt(field.value, 10) || current));
  field.addEventListener("focus", () => field.select());

  function makeThumbnails() {
    const lazily = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (!isIntersecting) continue;
          target.querySelector("img").src = address(Number(target.dataset.page), 160);
          lazily.unobserve(target);
        }
      },
      { root: strip, rootMargin: "100% 0px" },
    );
    for (let number = 1; number <= count; number += 1) {
      const link = document.createElement("a");
      link.className = "thumbnail";
      link.href = `#page-${number}`;
      link.dataset.page = number;
      const image = makeImage(number);
      image.alt = "";
      link.append(image, label(number));
      strip.append(link);
      lazily.observe(link);
    }
    strip.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (!link) return;
      event.preventDefault();
      goTo(Number(link.dataset.page));
    });
  }

  const toggle = original.querySelector("[data-thumbnails]");
  function setThumbnails(isShown) {
    if (isShown && !strip.children.length) makeThumbnails();
    strip.hidden = !isShown;
    toggle.setAttribute("aria-pressed", String(isShown));
    remember("thumbnails", isShown ? "1" : "");
    show(current);
    layOut();
  }
  toggle?.addEventListener("click", () => setThumbnails(strip.hidden));

  show(current);
  layOut();
  if (toggle && remembered("thumbnails", "")) setThumbnails(true);
  followInResult();
}

if (panes) {
  prepareDivider();
  prepareSwitch();
  if (document.getElementById("page-sizes")) preparePages();
}
