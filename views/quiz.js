// 1 to 4 answer the question in sight. What follows an answer by the keyboard is in focus, so that Enter goes on.
const FIELDS = "input, textarea, select, [contenteditable=true]";

const seen = (selector) => [...document.querySelectorAll(selector)].filter((button) => button.offsetParent !== null);

const press = (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
  if (event.composedPath().some((node) => node.matches?.(FIELDS))) return;
  if (!["1", "2", "3", "4"].includes(event.key)) return;
  const [button] = seen(`[class*="st-key-quiz-option-${event.key}-"] button`);
  if (!button) return;
  event.preventDefault();
  button.click();
};

// What had the focus goes with its question; elsewhere on the page the focus stays. What follows may come a little later.
const follow = (element, state, selector, tries = 40) => {
  if (element.dataset.state !== state || tries === 0) return;
  const [button] = seen(selector);
  if (button && document.activeElement === document.body) button.focus({ preventScroll: true });
  else setTimeout(() => follow(element, state, selector, tries - 1), 50);
};

export default function ({ data, parentElement }) {
  const element = parentElement.querySelector(".quiz-keyboard");
  const state = JSON.stringify(data);
  const before = element.dataset.state;
  element.dataset.state = state;
  if (before === undefined) {
    const listening = new AbortController();
    const hear = (event) => (element.isConnected ? press(event) : listening.abort());
    document.addEventListener("keydown", hear, { signal: listening.signal });
  } else if (before !== state) {
    const next = data.answered ? `quiz-next-${data.question}` : `quiz-option-1-${data.question}`;
    follow(element, state, `[class*="st-key-${next}"] button`);
  }
}
