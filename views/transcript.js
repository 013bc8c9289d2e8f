// All lines of a lecture. What was said is set as text, never as HTML.
const PAUSE_MS = 6000; // after scrolling by hand, the line being spoken is not brought into view for so long
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const element = (tag, className, ...children) => {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
};

const button = (className, label, says, onclick = null) => {
  const made = element("button", className, says);
  Object.assign(made, { type: "button", title: label, tabIndex: -1, onclick });
  made.setAttribute("aria-label", label);
  return made;
};

// ------------------------------------------------------------------------------------------------------ lines

const makeLine = (view, number, [start, clock, parts, corrected]) => {
  const { playable, correctable } = view.data;
  const time = playable ? button("time", `Play from ${clock}`, clock) : element("time", "time", clock);
  const words = element("span", "words");
  if (playable) time.dataset.moment = words.dataset.moment = start;
  const node = element("div", "line", time, words);
  const line = { node, words, parts, number, start, text: parts.join("") };
  if (corrected) {
    const sign = element("small", "sign", "corrected");
    sign.title = "You corrected this line";
    node.append(sign);
  }
  if (correctable) node.append(button("edit", `Correct the line at ${clock}`, "✎", () => edit(view, line)));
  return line;
};

// Words of a line: every second part is one that the recogniser was not sure of; `hits` were searched for.
const paint = (line, hits = []) => {
  const nodes = [];
  let at = 0;
  line.parts.forEach((part, index) => {
    const inside = hits.flatMap((hit) => [hit.begin - at, hit.end - at]).filter((cut) => cut > 0 && cut < part.length);
    const cuts = [0, ...inside, part.length];
    for (let i = 0; i + 1 < cuts.length; i += 1) {
      let node = document.createTextNode(part.slice(cuts[i], cuts[i + 1]));
      const hit = hits.find(({ begin, end }) => begin <= at + cuts[i] && at + cuts[i] < end);
      if (hit) node = element("mark", hit.current ? "current" : "", node);
      if (index % 2) {
        node = element("span", "unsure", node);
        node.title = "Not sure of this word";
      }
      nodes.push(node);
    }
    at += part.length;
  });
  line.words.replaceChildren(...nodes);
};

const update = (view, told) => {
  const fresh = document.createDocumentFragment();
  const kind = `${view.data.playable} ${view.data.correctable} `;
  told.forEach((content, number) => {
    const known = view.lines[number];
    const key = kind + JSON.stringify(content);
    if (known?.key === key) return;
    const line = makeLine(view, number, content);
    line.key = key;
    paint(line);
    view.lines[number] = line;
    if (!known) return fresh.append(line.node);
    line.node.classList.toggle("found", number === view.found);
    line.node.toggleAttribute("aria-current", known.node.hasAttribute("aria-current"));
    known.node.replaceWith(line.node);
    if (known.form) line.node.querySelector(".edit")?.focus();
  });
  for (const line of view.lines.splice(told.length)) line.node.remove();
  view.list.append(fresh);
  reach(view, Math.min(view.at, told.length - 1));
  view.root.querySelector(".legend").hidden = !view.lines.some((line) => line.parts.length > 1);
};

// Tab reaches one line of all; the arrows go on from there.
const reach = (view, number, focus = false) => {
  const turn = (line, index) => line?.node.querySelectorAll("button").forEach((one) => (one.tabIndex = index));
  if (!view.lines[number]) return;
  turn(view.lines[view.at], -1);
  turn(view.lines[number], 0);
  view.at = number;
  if (focus) view.lines[number].node.querySelector("button")?.focus();
};

// Bring a line into view within the list; only where it was asked for may the page around it move, too.
const show = (view, number, { smooth = false } = {}) => {
  const top = view.lines[number].node.offsetTop - view.list.clientHeight / 3;
  view.list.scrollTo({ top, behavior: smooth && !calm.matches ? "smooth" : "instant" });
};

const lead = (view, number) => {
  if (!view.lines[number]) return;
  view.awaited = view.list.clientHeight ? null : number; // a tab that is not open has no height: later
  show(view, number);
  view.lines[number].node.scrollIntoView({ block: "nearest", behavior: "instant" });
};

// ------------------------------------------------------------------------------------------- what is being said

const lineAt = (lines, seconds) => {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle].start <= seconds + 0.05) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

const hear = (view, seconds) => {
  const number = lineAt(view.lines, seconds);
  const node = view.lines[number]?.node;
  if (node?.hasAttribute("aria-current")) return;
  view.list.querySelector("[aria-current]")?.removeAttribute("aria-current");
  if (!node) return;
  node.setAttribute("aria-current", "true");
  if (!view.list.contains(view.host.activeElement)) reach(view, number);
  const busy = performance.now() - view.moved < PAUSE_MS || view.list.querySelector("form");
  if (!view.root.querySelector(".follow input").checked || busy || !view.list.clientHeight) return;
  const below = node.offsetTop - view.list.scrollTop;
  const height = view.list.clientHeight;
  if (below < 0 || below > 0.7 * height) show(view, number, { smooth: Math.abs(below) < 2 * height });
};

// ------------------------------------------------------------------------------------------------------ search

// One character for one, so that places stay where they are: without case, accents and kinds of space.
const fold = (text) =>
  text.replace(/[^a-z]/gu, (one) => {
    const plain = /\s/.test(one) ? " " : one.normalize("NFD")[0].toLowerCase();
    return plain.length === one.length ? plain : one;
  });

const places = (lines, query) => {
  const all = lines.map((line) => fold(line.text)).join(" ");
  const found = [];
  let [number, begin] = [0, 0]; // a line, and where it begins in all
  for (let at = all.indexOf(query); at >= 0; at = all.indexOf(query, at + query.length)) {
    const end = at + query.length;
    while (begin + lines[number].text.length < at) begin += lines[number++].text.length + 1;
    const parts = [];
    for (let [n, from] = [number, begin]; n < lines.length && from < end; from += lines[n++].text.length + 1) {
      parts.push({ number: n, begin: at - from, end: end - from });
    }
    found.push(parts);
  }
  return found;
};

const search = (view, place = 0) => {
  const query = fold(view.query.value).replace(/ +/g, " ").trim();
  view.places = query ? places(view.lines, query) : [];
  view.place = Math.min(place, Math.max(0, view.places.length - 1));
  const marked = new Map();
  view.places.flat().forEach((part) => marked.set(part.number, [...(marked.get(part.number) ?? []), part]));
  for (const number of new Set([...view.marked.keys(), ...marked.keys()])) {
    if (view.lines[number]) paint(view.lines[number], marked.get(number));
  }
  view.marked = marked;
  view.root.querySelector(".steps").hidden = !view.places.length;
  view.count.textContent = query ? "Not found" : "";
  if (view.places.length) stand(view, view.place);
};

// Stand at one of the places that were found.
const stand = (view, place) => {
  const { places, marked, lines } = view;
  const turn = (current) => {
    for (const part of places[view.place]) part.current = current;
    for (const { number } of places[view.place]) paint(lines[number], marked.get(number));
  };
  turn(false);
  view.place = place;
  turn(true);
  view.count.textContent = `${place + 1} of ${places.length}`;
};

const go = (view, place) => {
  const count = view.places.length;
  if (!count) return;
  stand(view, (place + count) % count);
  view.moved = performance.now();
  lead(view, view.places[view.place][0].number);
};

// -------------------------------------------------------------------------------------------------- correction

const edit = (view, line) => {
  if (line.form) return;
  const field = element("textarea", "");
  Object.assign(field, { value: line.text, rows: 2, spellcheck: true });
  field.setAttribute("aria-label", "What was said");
  const save = element("button", "save", "Save");
  const cancel = element("button", "cancel", "Cancel");
  cancel.type = "button";
  const state = element("output", "state");
  const form = element("form", "editor", field, element("div", "choice", save, cancel, state));
  Object.assign(line, { form, field, state });
  line.node.append(form);
  const written = () => field.value.replace(/\s+/g, " ").trim();
  field.oninput = () => (save.disabled = !written());
  cancel.onclick = () => stop(line);
  field.onkeydown = (event) => {
    if (event.key === "Escape") stop(line);
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    if (!written()) return;
    if (written() === line.text) return stop(line);
    field.readOnly = save.disabled = true;
    state.textContent = "Saving …";
    line.attempt = `${Date.now()} ${Math.random()}`;
    view.send("corrected", { number: line.number, before: line.text, text: written(), attempt: line.attempt });
  };
  field.focus();
};

const stop = (line) => {
  line.form?.remove();
  line.form = null;
  line.node.querySelector(".edit")?.focus();
};

// A correction that was dealt with and changed nothing was refused: the page says why, and nothing written is lost.
const settle = (view) => {
  const refused = view.lines.find((line) => line.form && line.attempt && line.attempt === view.data.answered);
  if (!refused) return;
  refused.attempt = null;
  refused.field.readOnly = refused.form.querySelector(".save").disabled = false;
  refused.state.textContent = "Not saved";
};

// -------------------------------------------------------------------------------------------------------- begin

const begin = (root, host) => {
  const [list, query, count] = [".lines", ".query", ".count"].map((part) => root.querySelector(part));
  const view = { root, host, list, query, count, lines: [], places: [], place: 0, marked: new Map(), at: 0, awaited: null };
  root.view = view;
  view.moved = -PAUSE_MS;
  let typing = 0;
  query.oninput = () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      search(view);
      go(view, 0);
    }, 120);
  };
  query.onkeydown = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    go(view, view.place + (event.shiftKey ? -1 : 1));
  };
  root.querySelector(".previous").onclick = () => go(view, view.place - 1);
  root.querySelector(".next").onclick = () => go(view, view.place + 1);
  root.querySelector(".follow input").onchange = () => (view.moved = -PAUSE_MS);

  const moved = () => (view.moved = performance.now());
  for (const type of ["wheel", "touchmove"]) list.addEventListener(type, moved, { passive: true });
  let pressed = { x: 0, y: 0 };
  list.addEventListener("pointerdown", (event) => {
    pressed = { x: event.clientX, y: event.clientY };
    if (event.target === list) moved(); // its scroll bar
  });
  list.addEventListener("click", (event) => {
    const far = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > 4;
    if (event.detail && far) event.stopPropagation(); // words were selected, not clicked
  });
  list.addEventListener("focusin", (event) => {
    const number = view.lines.findIndex((line) => line.node.contains(event.target));
    if (number >= 0) reach(view, number);
  });
  list.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity }[event.key];
    if (!by || event.target.matches("textarea")) return;
    event.preventDefault();
    moved();
    reach(view, Math.min(Math.max(0, view.at + by), view.lines.length - 1), true);
  });
  new ResizeObserver(() => {
    if (view.awaited !== null && list.clientHeight) lead(view, view.awaited);
  }).observe(list);

  const listening = new AbortController();
  const told = ({ detail }) => (root.isConnected ? hear(view, detail) : listening.abort());
  document.addEventListener("lecture-time", told, { signal: listening.signal });
  return view;
};

const find = (view, number) => {
  if (view.found === number) return;
  view.lines[view.found]?.node.classList.remove("found");
  view.found = number;
  view.lines[number]?.node.classList.add("found");
  lead(view, number);
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".transcript");
  const view = root.view ?? begin(root, parentElement);
  view.data = data;
  view.send = setTriggerValue;
  root.querySelector(".follow").hidden = !data.playable;
  update(view, data.lines);
  settle(view);
  find(view, data.found);
  if (view.query.value) search(view, view.place);
}
