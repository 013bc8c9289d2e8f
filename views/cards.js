// A lecture's flashcards. Their texts are set as text, never as HTML.
const PATIENCE_MS = 20_000; // a change that has no answer by then counts as not saved
const NO_ANSWER = "Not saved: the program does not answer. Try again.";
const ICONS = {
  play: "M4 2.5v11l9.5-5.5z",
  star: "M8 1.6l1.9 4.3 4.7.5-3.5 3.1 1 4.6L8 11.7l-4.1 2.4 1-4.6L1.4 6.4l4.7-.5z",
  edit: "M2.5 13.5l.8-3.3 7.6-7.6 2.5 2.5-7.6 7.6zM9.4 4.1l2.5 2.5",
  delete: "M2.5 4h11M6 4V2.3h4V4M4 4l.7 9.7h6.6L12 4M6.7 6.5v4.7M9.3 6.5v4.7",
};

const element = (tag, className, ...children) => {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
};

const button = (className, says, onclick) => {
  const made = element("button", className, says);
  return Object.assign(made, { type: "button", onclick });
};

const icon = (name) => {
  const [picture, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  picture.setAttribute("viewBox", "0 0 16 16");
  picture.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  picture.append(path);
  return picture;
};

// A time as people read it: 03:20, 1:02:07.
const clock = (seconds) => {
  const two = (number) => String(number).padStart(2, "0");
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return `${hours ? `${hours}:` : ""}${two(minutes)}:${two(whole % 60)}`;
};

// -------------------------------------------------------------------------------------- what the program is told

// One change after the other: the program may overlook one that comes while it deals with another.
const send = (view, change, settle) => {
  view.queue.push({ change, settle, attempt: `${Date.now()} ${Math.random()}` });
  if (!view.sent) sendNext(view);
};

const sendNext = (view) => {
  view.sent = view.queue.shift();
  if (!view.sent) return;
  const { change, attempt } = view.sent;
  view.sent.waiting = setTimeout(() => take(view, { attempt, refused: NO_ANSWER }), PATIENCE_MS);
  view.tell("changed", { ...change, attempt });
};

const take = (view, answered) => {
  if (!view.sent || view.sent.attempt !== answered?.attempt) return;
  const { settle, waiting } = view.sent;
  clearTimeout(waiting);
  settle(answered.refused);
  sendNext(view);
};

// ---------------------------------------------------------------------------------------------------------- a card

const makeCard = (view, id) => {
  const [front, back] = [element("span", "front"), element("span", "back")];
  const [when, foot, trouble] = [element("span", "when"), element("div", "foot"), element("p", "trouble")];
  const card = { id, front, back, when, foot, trouble, waiting: 0 };
  card.face = button("card", "", () => turn(card, card.face.getAttribute("aria-pressed") !== "true"));
  card.face.append(front, back);
  card.star = button("star", icon("star"), () => star(view, card));
  card.edit = button("edit", icon("edit"), () => edit(view, card));
  card.delete = button("delete", icon("delete"), () => ask(view, card));
  foot.append(when, card.star, card.edit, card.delete);
  trouble.setAttribute("role", "alert");
  card.node = element("div", "box", card.face, foot, trouble);
  card.node.setAttribute("role", "listitem");
  turn(card, false);
  return card;
};

const turn = (card, over) => {
  card.face.setAttribute("aria-pressed", String(over));
  // A screen reader hears the face that is up.
  card.front.setAttribute("aria-hidden", String(over));
  card.back.setAttribute("aria-hidden", String(!over));
};

const paint = (view, card, told) => {
  const key = JSON.stringify([told, view.data.playable]);
  card.told = told;
  if (card.key !== key) {
    card.key = key;
    write(view, card);
    mark(view, card);
  }
};

const write = (view, card) => {
  const { question, answer, quote } = card.told;
  const parts = question.split(view.data.gap);
  const gap = () => {
    const made = element("span", "gap");
    made.setAttribute("role", "img");
    made.setAttribute("aria-label", "gap");
    return made;
  };
  const filled = parts.length === 2 ? [parts[0], element("b", "filled", answer), parts[1]] : [answer];
  card.front.replaceChildren(element("span", "question", ...parts.flatMap((part, i) => (i ? [gap(), part] : [part]))));
  card.back.replaceChildren(element("span", "answer", ...filled));
  if (quote) card.back.append(element("small", "quote", `“${quote}”`));
  for (const text of [card.front, card.back].flatMap((side) => [...side.children])) text.dir = "auto";
};

// What stands below a card: its moment, where it comes from, and what can be done with it.
const mark = (view, card) => {
  const { question, start, time, sign } = card.told;
  const called = short(question.replaceAll(view.data.gap, "…"));
  const name = (node, does) => {
    node.setAttribute("aria-label", `${does}: ${called}`);
    node.title = does;
  };
  const when = view.data.playable ? button("time", icon("play"), null) : element("time", "time");
  when.append(time);
  if (view.data.playable) {
    when.dataset.moment = start;
    name(when, `Play from ${time}`);
  }
  card.when.replaceChildren(...(time ? [when] : []), ...(sign ? [element("small", "origin", sign)] : []));
  name(card.star, "Star");
  name(card.edit, "Edit");
  name(card.delete, "Delete");
  reachable(card, view.at === card);
};

const short = (text) => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

const isStarred = (card) => card.wanted ?? card.told.starred;

const star = (view, card) => {
  const starred = !isStarred(card);
  card.wanted = starred; // seen at once; what comes from the program meanwhile is older
  card.waiting += 1;
  card.trouble.textContent = "";
  arrange(view);
  send(view, { star: card.id, starred }, (refused) => {
    card.waiting -= 1;
    if (!card.waiting) card.wanted = undefined;
    card.trouble.textContent = refused ?? "";
    arrange(view);
  });
};

const ask = (view, card) => {
  const leave = (event) => {
    asked.remove();
    card.foot.hidden = false;
    if (event) card.delete.focus();
  };
  const sure = button("sure", "Delete", () => {
    card.leaving = true;
    card.trouble.textContent = "";
    arrange(view); // before what is focused goes
    leave();
    send(view, { delete: card.id }, (refused) => {
      card.leaving = !refused;
      card.trouble.textContent = refused ?? "";
      arrange(view);
    });
  });
  const asked = element("div", "asked", element("span", "", "Delete?"), sure, button("", "Keep", leave));
  asked.setAttribute("role", "group");
  asked.setAttribute("aria-label", "Delete this card?");
  asked.onkeydown = (event) => {
    if (event.key === "Escape") leave(event);
  };
  card.foot.hidden = true;
  card.foot.after(asked);
  sure.focus();
};

// ------------------------------------------------------------------------------------------------- writing a card

// A form for both sides of a card; `submit` gets them and a function that says why they were refused, if they were.
const makeForm = (submit, leave) => {
  const field = (label) => {
    const area = element("textarea", "");
    Object.assign(area, { rows: 2, spellcheck: true, dir: "auto" });
    return { area, label: element("label", "", element("span", "", label), area) };
  };
  const [question, answer] = [field("Question"), field("Answer")];
  const state = element("output", "state");
  const choice = element("div", "choice", element("button", "save", "Save"), button("", "Cancel", leave), state);
  const node = element("form", "writing", question.label, answer.label, choice);
  const form = { node, question: question.area, answer: answer.area, state, busy: false };
  const busy = (is, says) => {
    form.busy = form.question.readOnly = form.answer.readOnly = is;
    state.textContent = says;
  };
  node.onkeydown = (event) => {
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) node.requestSubmit();
    else return;
    event.preventDefault();
  };
  node.onsubmit = (event) => {
    event.preventDefault();
    if (form.busy) return;
    busy(true, "Saving …");
    submit(form.question.value, form.answer.value, (refused) => busy(false, refused ?? ""));
  };
  return form;
};

const edit = (view, card) => {
  if (card.form) return;
  const { question, answer } = card.told;
  const leave = () => {
    const held = card.form.node.contains(view.host.activeElement);
    card.form.node.remove();
    card.form = null;
    card.node.classList.remove("written");
    update(view); // it may have gone meanwhile
    if (held) (shown(view).includes(card) ? card.edit : (view.at?.face ?? view.opener)).focus();
  };
  card.form = makeForm((asks, answers, settled) => {
    if (asks === question && answers === answer) return leave();
    send(view, { edit: card.id, question: asks, answer: answers }, (refused) => {
      settled(refused);
      if (!refused && card.form) leave();
    });
  }, leave);
  Object.assign(card.form.question, { value: question });
  Object.assign(card.form.answer, { value: answer });
  card.trouble.textContent = "";
  card.node.classList.add("written");
  card.node.append(card.form.node);
  card.form.question.focus();
};

const makeAdder = (view) => {
  const open = (is) => {
    view.adder.hidden = !is;
    view.opener.setAttribute("aria-expanded", String(is));
    (is ? form.question : view.opener).focus();
  };
  const form = makeForm(
    (question, answer, settled) =>
      send(view, { add: view.data.playable ? view.heard : 0, question, answer }, (refused) => {
        settled(refused ?? "Added. Another one?");
        if (refused) return;
        form.question.value = form.answer.value = "";
        if (!view.adder.hidden) form.question.focus();
      }),
    () => open(false), // what was written stays
  );
  view.opener.onclick = () => open(view.adder.hidden);
  view.moment = element("p", "moment");
  form.node.querySelector(".choice").before(view.moment);
  view.adder.append(form.node);
};

const hear = (view, seconds) => {
  view.heard = seconds;
  view.moment.textContent = `It belongs to ${clock(seconds)}, where the player stands.`;
};

// ---------------------------------------------------------------------------------------------------- all of them

const update = (view) => {
  const [before, held] = [view.cards, holds(view)];
  const cards = view.data.cards.map((told) => {
    const card = view.known.get(told.id) ?? makeCard(view, told.id);
    paint(view, card, told);
    return card;
  });
  const told = new Set(cards);
  const gone = before.filter((card) => !told.has(card));
  for (const card of gone) if (!card.form) card.node.remove(); // what is being written is not taken away
  cards.forEach(({ node }, place) => {
    const there = view.list.children[place];
    if (there !== node) view.list.insertBefore(node, there ?? null);
  });
  view.cards = [...cards, ...gone.filter((card) => card.form)];
  view.known = new Map(view.cards.map((card) => [card.id, card]));
  arrange(view, before, held);
};

const holds = (view) => view.list.contains(view.host.activeElement);

// Which cards are to be seen, and how many there are; the focus of one that goes is handed to its neighbour.
const arrange = (view, before = view.cards, held = holds(view)) => {
  const there = view.cards.filter((card) => !card.leaving);
  const marked = there.filter(isStarred);
  for (const card of view.cards) {
    card.star.setAttribute("aria-pressed", String(isStarred(card)));
    card.node.hidden = card.leaving || (view.only && !isStarred(card) && !card.form);
  }
  const many = there.length === 1 ? "1 card" : `${there.length} cards`;
  view.tally.textContent = view.only ? `${marked.length} of ${many}.` : `${many}.`;
  view.root.querySelector(".hint").hidden = !there.length;
  const none = view.root.querySelector(".none");
  const nothing = "Nothing in this lecture made a good card: it defines no terms and names no figures. Add your own.";
  none.textContent = !there.length ? nothing : view.only && !marked.length ? "No card has a star yet." : "";
  none.hidden = !none.textContent;
  const seen = shown(view);
  const place = Math.max(0, before.indexOf(view.at));
  const near = [...before.slice(place), ...before.slice(0, place).reverse(), ...seen];
  if (!seen.includes(view.at)) reach(view, near.find((card) => seen.includes(card)));
  if (!held || view.host.activeElement?.checkVisibility()) return;
  if (view.at) view.at.face.focus();
  else view.opener.focus();
};

const shown = (view) => view.cards.filter((card) => !card.node.hidden);

const reachable = (card, is) => {
  for (const one of card.node.querySelectorAll("button")) one.tabIndex = is ? 0 : -1;
};

// Tab reaches one card of all and what can be done with it; the arrows go on from there.
const reach = (view, card) => {
  if (view.at) reachable(view.at, false);
  view.at = card;
  if (card) reachable(card, true);
};

const press = (view, event) => {
  if (event.target.matches("textarea") || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const seen = shown(view);
  const row = ({ node }) => node.offsetTop;
  const across = seen.filter((card) => row(card) === row(seen[0])).length;
  const far = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across, Home: -seen.length, End: seen.length };
  const by = far[event.key];
  if (!by) return;
  event.preventDefault();
  const to = seen[Math.min(Math.max(0, seen.indexOf(view.at) + by), seen.length - 1)];
  const upright = event.key === "ArrowUp" || event.key === "ArrowDown";
  if (!upright || row(to) !== row(view.at)) to.face.focus(); // there may be no row above or below
};

const begin = (root, host) => {
  const [list, adder, opener, tally] = [".cards", ".adder", ".new", ".tally"].map((part) => root.querySelector(part));
  const view = { root, host, list, adder, opener, tally, cards: [], known: new Map(), queue: [], only: false, heard: 0 };
  root.view = view;
  makeAdder(view);
  const [all, starred] = [".all", ".starred"].map((part) => root.querySelector(part));
  const choose = (only) => {
    view.only = only;
    all.setAttribute("aria-pressed", String(!only));
    starred.setAttribute("aria-pressed", String(only));
    arrange(view);
  };
  all.onclick = () => choose(false);
  starred.onclick = () => choose(true);
  list.addEventListener("keydown", (event) => press(view, event));
  list.addEventListener("focusin", (event) => {
    const card = view.cards.find(({ node }) => node.contains(event.target));
    if (card && card !== view.at) reach(view, card);
  });
  const listening = new AbortController();
  const told = ({ detail }) => (root.isConnected ? hear(view, detail) : listening.abort());
  document.addEventListener("lecture-time", told, { signal: listening.signal });
  hear(view, 0);
  return view;
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".deck");
  const view = root.view ?? begin(root, parentElement);
  view.data = data;
  view.tell = setTriggerValue;
  view.moment.hidden = !data.playable;
  root.querySelector(".left-out").textContent = data.leftOut;
  update(view); // turned cards stay turned, and what is being written stays
  take(view, data.answered);
}
