// The keys of a review. (Streamlit's own shortcuts take the space bar away from every button that has the focus, and
// miss a key that is pressed as soon as its button is there.) While the page runs, keys wait: each then counts for what
// is shown by that time, if it means anything there, so that nobody rates a card that was not yet in sight.
const FIELDS = "input, textarea, select, [contenteditable=true]";
// What means something else by the space bar.
const BUSY = `${FIELDS}, button, a, summary, audio, video, [role=tab], [role=radio], [role=slider], [role=option]`;
const PATIENCE_MS = 1_500; // a key after which nothing runs and nothing has changed by then was lost on its way
const TRIES = 3;
const MOST_WAITING = 40;

const pressed = (key) => {
  if (key === " ") return document.querySelector(".st-key-review_answer button");
  if (key === "u") return document.querySelector(".st-key-review_undo button");
  return document.querySelectorAll(".st-key-review_ratings button")[Number(key) - 1];
};

const page = () => document.querySelector("[data-test-script-state]");

const isRunning = () => page()?.dataset.testScriptState !== "notRunning";

// One key at a time: what it did is there when the run is over and the program tells another state.
const goOn = (view) => {
  while (view.keys.length && !view.pressing && !isRunning()) {
    const next = view.keys.shift();
    const button = pressed(next.key);
    if (!button) continue;
    view.pressing = { ...next, tries: next.tries + 1 };
    view.waiting = setTimeout(() => wonder(view), PATIENCE_MS);
    button.click();
  }
};

const wonder = (view) => {
  if (isRunning()) {
    view.waiting = setTimeout(() => wonder(view), PATIENCE_MS);
    return;
  }
  if (view.pressing.tries < TRIES) view.keys.unshift(view.pressing);
  view.pressing = null;
  goOn(view);
};

const tell = (view, state) => {
  if (view.state !== state) {
    clearTimeout(view.waiting);
    Object.assign(view, { state, pressing: null });
  }
  goOn(view);
};

const press = (view, event) => {
  const key = event.key.toLowerCase(); // whatever Caps Lock says
  if (![" ", "u", "1", "2", "3", "4"].includes(key)) return;
  const taken = event.composedPath().some((node) => node.matches?.(key === " " ? BUSY : FIELDS));
  if (taken || event.repeat || event.defaultPrevented) return;
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!view.pressing && !isRunning() && !pressed(key)) return; // once the answer is there, the space bar is the player's
  event.preventDefault();
  if (view.keys.length < MOST_WAITING) view.keys.push({ key, tries: 0 });
  goOn(view);
};

// After a click by hand, the space bar does not press the same button once more.
const click = (event) => {
  if (event.detail > 0) event.composedPath().find((node) => node.matches?.("[data-testid=stMain] button"))?.blur();
};

const listen = (view) => {
  view.listening = new AbortController();
  view.running = new MutationObserver(() => goOn(view));
  for (const [type, heard] of Object.entries({ keydown: (event) => press(view, event), click })) {
    const hear = (event) => (document.querySelector(".st-key-review-keys") ? heard(event) : leave(view));
    document.addEventListener(type, hear, { signal: view.listening.signal });
  }
  view.running.observe(page(), { attributeFilter: ["data-test-script-state"] });
};

const leave = (view) => {
  view.listening.abort();
  view.running.disconnect();
  clearTimeout(view.waiting);
  Object.assign(view, { keys: [], pressing: null, listening: null });
};

// One for as long as the page is open: Streamlit may take the element away and put another one there at any time.
const view = { state: null, keys: [], pressing: null, waiting: 0, listening: null, running: null };

export default function ({ data, parentElement }) {
  parentElement.querySelector("span").dataset.listening = "yes";
  if (!view.listening) listen(view);
  tell(view, data.state);
}
