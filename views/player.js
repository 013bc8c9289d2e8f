// The player. It goes on playing while the page around it runs again; texts are set as text, never as HTML.
const JUMP_S = 10;
const FIELDS = "input, textarea, select, [contenteditable=true]";
// What means something else by the space bar or the arrows.
const BUSY = `${FIELDS}, button, a, summary, audio, video, [role=tab], [role=radio], [role=slider], [role=option]`;

const tell = (media) => document.dispatchEvent(new CustomEvent("lecture-time", { detail: media.currentTime }));

// Listens for as long as the player is on the page.
const listen = (player, type, heard) => {
  const listening = new AbortController();
  const hear = (event) => (player.isConnected ? heard(event) : listening.abort());
  document.addEventListener(type, hear, { signal: listening.signal });
};

const explain = async (player, media) => {
  const trouble = player.querySelector(".trouble");
  const answer = await fetch(media.src, { method: "HEAD" }).catch(() => null);
  if (media.error === null) return; // it was tried again meanwhile
  trouble.textContent = answer?.ok
    ? `This browser cannot play ${player.dataset.name}. Try another browser, or upload the recording as MP3.`
    : "The recording cannot be reached just now. Load the page again.";
  trouble.hidden = false;
};

const play = (player, seconds) => {
  const media = player.querySelector("audio, video");
  if (media.error) media.load();
  if (seconds !== undefined) media.currentTime = seconds;
  media.play().catch(() => {}); // the reason is said by the error event, where there is one
};

const jump = (player, seconds) => {
  const media = player.querySelector("audio, video");
  const end = Number.isFinite(media.duration) ? media.duration : Infinity;
  media.currentTime = Math.min(Math.max(0, media.currentTime + seconds), end);
};

const load = (player, { src, video, name, moment }) => {
  const media = document.createElement(video ? "video" : "audio");
  Object.assign(media, { controls: true, preload: "metadata", playsInline: true });
  media.setAttribute("aria-label", "Recording of the lecture");
  player.dataset.name = name;
  for (const type of ["timeupdate", "seeked"]) media.addEventListener(type, () => tell(media));
  media.addEventListener("error", () => explain(player, media));
  media.addEventListener("loadedmetadata", () => {
    player.querySelector(".trouble").hidden = true;
    media.playbackRate = Number(player.querySelector(".speed").value);
    media.classList.toggle("unseen", video && media.videoHeight === 0); // a video's container with sound alone
  });
  if (moment !== null) media.addEventListener("loadedmetadata", () => (media.currentTime = moment), { once: true });
  media.src = src;
  player.querySelector(".heard").replaceChildren(media);
};

const keys = { " ": null, k: null, j: -JUMP_S, l: JUMP_S, ArrowLeft: -JUMP_S, ArrowRight: JUMP_S };

const press = (player, event) => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key; // whatever Caps Lock says
  const media = player.querySelector("audio, video");
  const own = "jkl".includes(key) ? FIELDS : BUSY;
  const taken = event.composedPath().some((node) => node.matches?.(own));
  if (!(key in keys) || taken || event.defaultPrevented) return;
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (keys[key] !== null) jump(player, keys[key]);
  else if (media.paused) play(player);
  else media.pause();
};

const click = (player, event) => {
  const from = event.composedPath().find((node) => node.dataset?.moment !== undefined);
  if (!from) return;
  play(player, Number(from.dataset.moment));
  if (event.detail > 0) from.blur(); // after a click by hand, the space bar is the player's again
};

export default function ({ data, parentElement }) {
  const player = parentElement.querySelector(".player");
  if (player.dataset.src === undefined) {
    const speed = player.querySelector(".speed");
    player.querySelector(".back").onclick = () => jump(player, -JUMP_S);
    player.querySelector(".on").onclick = () => jump(player, JUMP_S);
    speed.onchange = () => (player.querySelector("audio, video").playbackRate = Number(speed.value));
    listen(player, "click", (event) => click(player, event));
    listen(player, "keydown", (event) => press(player, event));
  }
  if (player.dataset.src === data.src) return; // a rerun of the page leaves playing what plays
  player.dataset.src = data.src;
  load(player, data);
}
