// The recorder on the page: what is shown of the engine in `microphone.js`. Texts are set as text, never as HTML.
const FIELDS = "input, textarea, select, [contenteditable=true]";
const CHOSEN = "lecture-microphone"; // under which the browser remembers it
const AGAIN_MS = 3_000; // until the page is told once more: it may overlook what comes while it runs
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const SAID = {
  asking: "The browser asks whether this page may use the microphone.",
  recording: "Recording",
  paused: "Paused",
  interrupted: "The recording was interrupted",
  ending: "Finishing",
  ended: "Finished",
  looking: "Looking for the recording …",
  elsewhere: "This lecture is being recorded in another browser.",
  "another tab": "This lecture is being recorded in another tab of this browser.",
  other: "This tab is recording another lecture.",
};

// What can be pressed, by what the recorder does.
const BUTTONS = {
  idle: ["start"],
  recording: ["pause", "mark", "stop"],
  paused: ["go", "mark", "stop"],
  interrupted: ["go", "stop"],
};
const MICROPHONE = ["idle", "paused", "interrupted"]; // when one may be chosen

const element = (tag, className, ...children) => {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
};

// Text that a screen reader reads aloud when it is new.
const say = (node, text) => {
  if (node.textContent !== text) node.textContent = text;
};

const write = (node, text) => {
  say(node, text);
  node.hidden = !text;
};

// ------------------------------------------------------------------------------------------------------ what is seen

// The engine's phase as this page shows it.
const phaseOf = ({ engine, data }) => {
  const mine = engine.recording?.lecture;
  if (data.lecture && mine && mine !== data.lecture) return "other";
  return obstacle() && engine.phase === "idle" ? "unable" : engine.phase;
};

const paint = (view) => {
  const { engine, part, data } = view;
  const { recording, sender } = engine;
  const phase = phaseOf(view);
  view.root.dataset.phase = phase;
  const mine = recording && phase !== "other";
  const gone = mine && sender?.state === "gone";
  write(part.trouble, phase === "unable" ? obstacle() : engine.trouble || (mine ? troubleOf(sender) : ""));
  say(part.state, gone && !engine.recorder ? "Stopped" : (SAID[phase] ?? ""));
  const buttons = gone ? [engine.recorder ? "halt" : "discard"] : [...(BUTTONS[phase] ?? [])];
  if (!gone && recording?.lecture && data.lecture !== recording.lecture && engine.shown) buttons.push("show");
  for (const button of part.buttons.children) button.hidden = !buttons.includes(button.name);
  part.buttons.hidden = !buttons.length;
  const kept = mine && unsent(recording) > 0 && ["refused", "gone"].includes(sender?.state);
  part.save.hidden = !kept;
  part.short.hidden = !(kept && phase === "ending" && sender.state === "refused" && secondsSaved(recording));
  part.keeping.hidden = part.save.hidden && part.short.hidden;
  part.choice.hidden = !MICROPHONE.includes(phase) || gone;
  part.running.hidden = !mine;
  const marks = mine ? recording.marks.length : 0;
  write(part.marks, marks ? `${marks} ${marks === 1 ? "mark" : "marks"}` : "");
  say(part.hint, hintOf(view, phase, gone));
  write(part.note, mine && !engine.store.lasting ? NOTHING_LASTS : "");
  tick(view);
  const lost = Boolean(mine) && sender?.state === "waiting";
  if (view.lost && !lost && mine) announce(view, "The program can be reached again.");
  view.lost = lost;
};

const NOTHING_LASTS =
  "This browser keeps nothing for this page: what is not saved yet would be lost if the page were closed or refreshed.";

const troubleOf = (sender) => {
  if (sender?.state === "gone") return `${sender.says} What was not saved can still be saved as a file.`;
  return sender?.state === "refused" ? sender.says : "";
};

const hintOf = ({ engine }, phase, gone) => {
  if (gone || !engine.recording) return "";
  if (phase === "interrupted") return "What was recorded is kept. Go on recording, or finish and have the notes made.";
  const away = engine.sender?.state === "waiting";
  if (away && phase === "ending") return "The program cannot be reached. Leave this page open: it finishes by itself.";
  const hints = [];
  if (away) hints.push("The program cannot be reached. Recording goes on, and the rest is saved by itself later.");
  if (isSilent(engine)) hints.push("No sound is coming in: is the right microphone chosen?");
  return hints.join(" ");
};

const savedOf = ({ recording, sender, phase, ended, length }) => {
  if (phase === "ended" && ended) return `Everything is saved: ${clock(length)}.`;
  if (!recording) return "";
  const waits = elapsedUnsaved(recording);
  const saved = secondsSaved(recording);
  const all = !unsent(recording);
  if (phase === "ending" && all) return `Saved up to ${clock(saved)}.`;
  const late = waits >= 3 || (phase === "ending" && sender?.state !== "resting");
  return [saved || late ? `Saved up to ${clock(saved)}` : "", late && waits >= 1 ? `${clock(waits)} waits in this browser` : ""]
    .filter(Boolean)
    .join("; ");
};

const elapsedUnsaved = (recording) => Math.max(0, secondsMade(recording) - secondsSaved(recording));

// What changes all the time, and is not read aloud.
const tick = (view) => {
  const { engine, part } = view;
  if (phaseOf(view) === "other") return write(part.saved, "");
  write(part.clock, clock(elapsed(engine)));
  write(part.saved, savedOf(engine));
  // Loudness as it is heard: from -60 dB to full scale.
  const level = engine.level > 0 ? Math.max(0, 1 + Math.log10(engine.level) / 3) : 0;
  part.level.style.setProperty("--level", engine.phase === "recording" ? level.toFixed(2) : 0);
};

// What is only read aloud; all else that matters is in `state`, `hint` and `trouble`.
const announce = ({ part }, text) => {
  part.live.textContent = text;
  setTimeout(() => part.live.textContent === text && (part.live.textContent = ""), 5_000);
};

// ----------------------------------------------------------------------------------------------------- what is pressed

const doMark = (view) => {
  const seconds = mark(view.engine);
  if (seconds !== null) announce(view, `Marked at ${clock(seconds)}`);
};

const press = (view, event) => {
  if (event.key.toLowerCase() !== "m" || event.repeat || event.defaultPrevented) return;
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.composedPath().some((node) => node.matches?.(FIELDS))) return;
  if (phaseOf(view) !== "other") doMark(view);
};

const listMicrophones = async (view) => {
  const { select, other } = view.part;
  const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  const named = devices.filter(({ kind, deviceId, label }) => kind === "audioinput" && deviceId && label);
  const chosen = view.engine.microphone || remembered();
  const options = [["", "The usual microphone"], ...named.map(({ deviceId, label }) => [deviceId, label])].filter(
    ([id]) => id !== "default" && id !== "communications",
  );
  select.replaceChildren(
    ...options.map(([value, text]) => Object.assign(document.createElement("option"), { value, textContent: text })),
  );
  select.value = options.some(([id]) => id === chosen) ? chosen : "";
  view.engine.microphone = select.value;
  other.hidden = named.length > 0; // their names are told only to a page that may use them
};

const remembered = () => {
  try {
    return localStorage.getItem(CHOSEN) ?? "";
  } catch {
    return "";
  }
};

const choose = ({ engine }, microphone) => {
  engine.microphone = microphone;
  try {
    localStorage.setItem(CHOSEN, microphone);
  } catch {
    // it is chosen for this time
  }
};

const askForNames = async (view) => {
  try {
    const stream = await openMicrophone("");
    for (const track of stream.getTracks()) track.stop();
  } catch (error) {
    view.engine.trouble = sentenceOf(error);
    tell(view.engine);
  }
  await listMicrophones(view);
  view.part.select.focus();
};

// Recordings that a crash or a closed tab left in this browser.
const listUnfinished = async (view) => {
  const { left } = view.part;
  left.hidden = true;
  if (view.data.lecture || view.engine.recording) return;
  const found = await unfinished(view.engine);
  const checked = await Promise.all(found.map((recording) => standing(view, recording)));
  if (view.data.lecture || view.engine.recording) return;
  left.replaceChildren(...checked.filter(Boolean).map((recording) => offer(view, recording)));
  left.hidden = !left.children.length;
};

// What became of it; nothing where there is no more to be done with it.
const standing = async ({ engine, data }, { lecture, key }) => {
  const { status, told } = await ask(`${data.at}/${lecture}`, { headers: { "X-Recording-Key": key } });
  const recording = await engine.store.load(lecture);
  if (!recording) return null;
  recording.over = status === 404 || status === 410 || told.ended === true;
  if (!recording.over || unsent(recording)) return recording;
  engine.store.forget(lecture);
  return null;
};

const offer = (view, recording) => {
  const began = new Date(recording.began).toLocaleString([], { dateStyle: "long", timeStyle: "short" });
  const node = element("p", "", element("span", "", `A recording of ${began} was not finished.`));
  const add = (says, does) => node.append(Object.assign(element("button", "", says), { type: "button", onclick: does }));
  if (!recording.over) add("Open it", () => view.tell("begun", recording.lecture));
  if (unsent(recording)) add("Save what is here as a file", () => saveAsFiles(recording));
  if (recording.over) add("Forget it", () => view.engine.store.forget(recording.lecture).then(() => node.remove()));
  return node;
};

// -------------------------------------------------------------------------------------------------------- begin

const begin = (root, host, whose) => {
  const part = Object.fromEntries([...root.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
  const engine = theEngine(whose);
  const view = { root, host, engine, part };
  root.view = view;
  const does = {
    start: () => start(engine, view.data),
    pause: () => pause(engine),
    go: () => goOn(engine),
    mark: () => doMark(view),
    stop: () => finish(engine),
    show: () => view.tell("begun", engine.recording.lecture),
    halt: () => halt(engine),
    discard: () => giveUp(engine),
  };
  for (const [name, act] of Object.entries(does)) {
    const button = part.buttons.querySelector(`[name=${name}]`);
    button.onclick = () => {
      engine.trouble = "";
      act();
    };
  }
  part.save.onclick = () => saveAsFiles(engine.recording);
  part.short.onclick = () => finishShort(engine);
  part.other.onclick = () => askForNames(view);
  part.select.onchange = () => choose(view, part.select.value);

  const listening = new AbortController();
  const { signal } = listening;
  const here = (act) => (event) => (root.isConnected ? act(event) : stop());
  const look = () => {
    const changed = isSilent(engine) !== view.silent;
    view.silent = isSilent(engine);
    (changed ? paint : tick)(view);
  };
  const ticking = setInterval(here(look), calm.matches ? 1000 : 100);
  const stop = () => {
    listening.abort();
    clearInterval(ticking);
  };
  engine.addEventListener("turned", here(() => follow(view)), { signal });
  document.addEventListener("keydown", here((event) => press(view, event)), { signal });
  navigator.mediaDevices?.addEventListener("devicechange", here(() => listMicrophones(view)), { signal });
  listMicrophones(view);
  return view;
};

// Show what the engine does, and tell the page what it has to know: which lecture to open, and when it is over.
const follow = (view) => {
  const { engine, data } = view;
  const phase = `${engine.phase} ${Boolean(engine.recorder)}`;
  if (phase !== view.phase && engine.phase !== "asking") listMicrophones(view);
  view.phase = phase;
  paint(view);
  const mine = engine.recording?.lecture;
  if (mine && data.lecture === mine) engine.shown = true;
  if (mine && !engine.shown && !data.lecture) tellAgain(view, "begun", mine, () => !engine.shown);
  if (engine.phase === "ended" && engine.ended) tellAgain(view, "ended", engine.ended, () => engine.phase === "ended");
};

const tellAgain = (view, what, lecture, needed) => {
  const now = performance.now();
  if (view.told?.what === what && now - view.told.when < AGAIN_MS) return;
  view.told = { what, when: now };
  view.tell(what, lecture);
  setTimeout(() => view.root.isConnected && needed() && follow(view), AGAIN_MS + 50);
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".recorder");
  const view = root.view ?? begin(root, parentElement, data.whose);
  const other = view.data && view.data.lecture !== data.lecture;
  const first = !view.data;
  view.data = data;
  view.tell = setTriggerValue;
  if (data.lecture) adopt(view.engine, data.lecture, data.at);
  else letGo(view.engine);
  if (first || other) listUnfinished(view);
  follow(view);
}
