// A file too large for the uploader, sent in parts. It goes on while the page runs again. Texts are set as text.
const PART_BYTES = 4_000_000;
const TELL_AGAIN_MS = 3_000;

const sending = () => (window[Symbol.for("lecture-parts")] ??= Object.assign(new EventTarget(), { file: null, trouble: "" }));

const tell = (upload) => upload.dispatchEvent(new Event("turned"));

const begin = async (upload, file, { at, ticket, suffixes }) => {
  Object.assign(upload, { file: null, trouble: "", ended: null });
  if (!suffixes.some((suffix) => file.name.toLowerCase().endsWith(suffix))) {
    upload.trouble = `${file.name} is not a recording. Choose one of these kinds: ${suffixes.join(", ")}.`;
    return tell(upload);
  }
  if (!file.size) {
    upload.trouble = `${file.name} is empty. Choose another file.`;
    return tell(upload);
  }
  const parts = Math.ceil(file.size / PART_BYTES);
  const recording = makeRecording(true);
  const mimeType = file.type || "application/octet-stream";
  recording.takes = [{ mimeType, made: parts, sent: 0, seconds: 0, saved: 0 }];
  Object.assign(upload, { file, recording, sender: null });
  tell(upload);
  const begun = await beginAt(at, ticket, { kind: "upload", name: file.name, size: file.size });
  if (upload.recording !== recording) return void (begun.lecture && upload.give("cancelled", begun.lecture));
  if (begun.refused) {
    Object.assign(upload, { file: null, trouble: begun.refused });
    return tell(upload);
  }
  Object.assign(recording, begun);
  const readable = (number) =>
    file
      .slice(number * PART_BYTES, (number + 1) * PART_BYTES)
      .arrayBuffer()
      .catch(() => undefined); // it was changed or taken away
  upload.sender = makeSender(at, recording, (_, number) => readable(number), {
    turned: () => {
      if (upload.sender?.state === "done") upload.ended = upload.sender.lecture;
      tell(upload);
    },
    sent: () => tell(upload),
  });
};

const leave = (upload) => {
  upload.sender?.halt();
  Object.assign(upload, { file: null, recording: null, sender: null, ended: null });
};

const cancel = (upload) => {
  const lecture = upload.recording?.lecture;
  leave(upload);
  if (lecture) upload.give("cancelled", lecture);
  tell(upload);
};

const megabytes = (bytes) => `${Math.round(bytes / 1e6).toLocaleString()} MB`;

const write = (node, text) => {
  if (node.textContent !== text) node.textContent = text;
  node.hidden = !text;
};

const paint = ({ part, upload }) => {
  const { file, recording, sender } = upload;
  part.input.parentElement.hidden = Boolean(file);
  part.running.hidden = !file;
  const broken = ["refused", "gone"].includes(sender?.state);
  write(part.trouble, upload.trouble || (file && broken ? sender.says : ""));
  write(part.hint, sender?.state === "waiting" ? "The program cannot be reached. Leave this page open: it goes on by itself." : "");
  if (!file) return;
  write(part.name, file.name);
  const sent = Math.min(file.size, recording.takes[0].sent * PART_BYTES);
  part.bar.value = sent / file.size;
  write(part.far, sent < file.size ? `${megabytes(sent)} of ${megabytes(file.size)}` : "Sent; opening it …");
};

const follow = (view) => {
  const { upload } = view;
  paint(view);
  if (!upload.ended || performance.now() - (view.told ?? -Infinity) < TELL_AGAIN_MS) return;
  view.told = performance.now();
  upload.give("ended", upload.ended);
  setTimeout(() => view.root.isConnected && follow(view), TELL_AGAIN_MS + 50);
};

const show = (root) => {
  const part = Object.fromEntries([...root.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
  const upload = sending();
  const view = { root, part, upload };
  root.view = view;
  if (upload.ended) leave(upload); // the page has opened it, and came back
  part.input.onchange = () => {
    const [file] = part.input.files;
    part.input.value = "";
    if (file) begin(upload, file, view.data);
  };
  part.cancel.onclick = () => cancel(upload);
  const listening = new AbortController();
  const turned = () => (root.isConnected ? follow(view) : listening.abort());
  upload.addEventListener("turned", turned, { signal: listening.signal });
  return view;
};

// While something is sent, leaving the page is asked about.
const warn = (upload) => {
  if (upload.warns) return;
  upload.warns = true;
  addEventListener("beforeunload", (event) => upload.file && !upload.ended && event.preventDefault());
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".parts");
  const view = root.view ?? show(root);
  view.data = data;
  view.upload.give = setTriggerValue;
  view.part.input.accept = data.suffixes.join(",");
  warn(view.upload);
  follow(view);
}
