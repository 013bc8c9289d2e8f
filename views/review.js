// The keys of a review. (Streamlit's own shortcuts take the space bar away from every button that has the focus, and
// miss a key that is pressed as soon as its button is there.)
const FIELDS = "input, textarea, select, [contenteditable=true]";
// What means something else by the space bar.
const BUSY = `${FIELDS}, button, a, summary, audio, video, [role=tab], [role=radio], [role=slider], [role=option]`;

const pressed = (key) => {
  if (key === " ") return document.querySelector(".st-key-review_answer button");
  if (key === "u") return document.querySelector(".st-key-review_undo button");
  if ("1234".includes(key)) return document.querySelectorAll(".st-key-review_ratings button")[Number(key) - 1];
  return null;
};

const press = (event) => {
  const key = event.key.toLowerCase(); // whatever Caps Lock says
  const taken = event.composedPath().some((node) => node.matches?.(key === " " ? BUSY : FIELDS));
  if (taken || event.repeat || event.defaultPrevented) return;
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const button = pressed(key);
  if (!button) return; // once the answer is there, the space bar is the player's
  event.preventDefault();
  button.click();
};

// After a click by hand, the space bar does not press the same button once more.
const click = (event) => {
  if (event.detail > 0) event.composedPath().find((node) => node.matches?.("[data-testid=stMain] button"))?.blur();
};

export default function ({ parentElement }) {
  const here = parentElement.querySelector("span");
  if (here.dataset.listening) return;
  here.dataset.listening = "yes";
  const listening = new AbortController();
  for (const [type, heard] of Object.entries({ keydown: press, click })) {
    const hear = (event) => (here.isConnected ? heard(event) : listening.abort());
    document.addEventListener(type, hear, { signal: listening.signal });
  }
}
