// A card is a toggle button with two faces. Texts are set as text, never as HTML.
const span = (className, ...children) => {
  const element = document.createElement("span");
  element.className = className;
  element.append(...children);
  return element;
};

const note = (text) => {
  const element = document.createElement("small");
  element.textContent = text;
  return element;
};

const card = ({ question, answer, time, quote }) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "card";
  const front = span("front", span("question", question), note("Turn over"));
  const said = quote === answer ? time : `${time} “${quote}”`;
  const back = span("back", span("answer", answer), note(said));
  button.append(front, back);
  const turn = (over) => {
    button.setAttribute("aria-pressed", String(over));
    // A screen reader hears the face that is up.
    front.setAttribute("aria-hidden", String(over));
    back.setAttribute("aria-hidden", String(!over));
  };
  turn(false);
  button.onclick = () => turn(button.getAttribute("aria-pressed") !== "true");
  return button;
};

export default function ({ data, parentElement }) {
  const cards = parentElement.querySelector(".cards");
  const content = JSON.stringify(data);
  if (cards.dataset.content === content) return; // a rerun of the page leaves turned cards turned
  cards.dataset.content = content;
  cards.replaceChildren(...data.map(card));
}
