// The recorder itself. It lives in the browser's window, so that it goes on while the page around it runs again.
const SLICE_MS = 1_000; // of sound at a time: a crash costs no more than this
const BITS_PER_SECOND = 64_000; // of Opus, and speech loses nothing; 29 MB an hour
const FORMATS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const SILENT = 0.001; // of full scale: no room is that quiet
const SILENT_MS = 10_000;
const LISTEN_MS = 100;
// The lecturer is far away. Their voice may be raised; but what takes out echoes and noise is made for a mouth at the
// microphone, and takes a distant voice out as well. Nothing is played here whose echo could come back.
const HEARING = { channelCount: 1, autoGainControl: true, echoCancellation: false, noiseSuppression: false };

const SENTENCES = {
  insecure:
    "Browsers record only on pages whose address begins with https:// or http://localhost. " +
    "Open the page by such an address, or upload a recording.",
  unable: "This browser cannot record. Take a current Chrome, Edge, Firefox or Safari, or upload a recording.",
  denied:
    "The browser does not let this page use the microphone. " +
    "Allow it with the sign in the address bar, then start again.",
  none: "No microphone was found. Plug one in, then start again.",
  busy: "The microphone does not answer; another program may be using it. Close that program, then start again.",
  unplugged: "The microphone is gone. Plug it in again or choose another one, then go on recording.",
  broke: "The browser stopped recording. What was recorded is kept; go on recording, or finish.",
};

const sentenceOf = ({ name }) => {
  if (["NotAllowedError", "SecurityError"].includes(name)) return SENTENCES.denied;
  if (["NotFoundError", "OverconstrainedError"].includes(name)) return SENTENCES.none;
  return SENTENCES.busy;
};

const format = () => (window.MediaRecorder ? FORMATS.find((one) => MediaRecorder.isTypeSupported(one)) : undefined);

// Why nothing can be recorded here at all; empty where it can.
const obstacle = () => (!navigator.mediaDevices ? SENTENCES.insecure : format() ? "" : SENTENCES.unable);

// ------------------------------------------------------------------------------------------------------------ the engine

// `phase` is one of
//   "idle"   "asking": for the microphone   "recording"   "paused"
//   "interrupted": a recording that may go on or be finished   "ending": all that is left is to send it
//   "looking": whose the page's lecture is   "elsewhere": another browser's   "another tab": likewise
//   "ended": it was finished, and is the lecture `ended`
const makeEngine = (whose) => {
  const engine = Object.assign(new EventTarget(), {
    store: makeStore(whose),
    phase: "idle",
    trouble: "",
    recording: null,
    sender: null,
    recorder: null,
    microphone: "",
    since: null, // when the sound that is being recorded began
    taken: 0, // seconds of the take before that
    work: Promise.resolve(), // on chunks, one after the other
    level: 0,
    heard: 0, // when there was sound last
    ended: null,
    shown: false, // whether the page shows the lecture that is recorded
    adopting: null,
    release: () => {}, // lets another tab have the recording
  });
  addEventListener("beforeunload", (event) => {
    const { recording } = engine;
    if (engine.recorder || (recording && (unsent(recording) || recording.stopped))) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => stayAwake(engine));
  return engine;
};

// Who logs in loads the page anew: it is the same user's as long as it lives.
const theEngine = (whose) => (window[Symbol.for("lecture-recorder")] ??= makeEngine(whose));

const turn = (engine, phase, trouble = "") => {
  Object.assign(engine, { phase, trouble });
  tell(engine);
};

const tell = (engine) => engine.dispatchEvent(new Event("turned"));

const secondsOfTake = ({ since, taken }) => taken + (since === null ? 0 : (performance.now() - since) / 1000);

// Seconds of sound, those that are being recorded included.
const elapsed = (engine) => {
  const { recording, recorder } = engine;
  if (!recording) return 0;
  if (!recorder) return secondsMade(recording);
  return secondsMade({ takes: recording.takes.slice(0, -1) }) + secondsOfTake(engine);
};

// ------------------------------------------------------------------------------------------------------------- recording

const openMicrophone = (microphone) =>
  navigator.mediaDevices.getUserMedia({
    audio: { ...HEARING, ...(microphone ? { deviceId: { exact: microphone } } : {}) },
  });

// Begin the next take. Whatever ends it, its last chunk is kept.
const record = async (engine, stream) => {
  const { recording } = engine;
  const recorder = new MediaRecorder(stream, { mimeType: format(), audioBitsPerSecond: BITS_PER_SECOND });
  const take = { mimeType: recorder.mimeType || format(), made: 0, sent: 0, seconds: 0, saved: 0 };
  recorder.microphone = engine.microphone;
  recording.takes = [...recording.takes.filter(({ made }) => made), take];
  Object.assign(engine, { recorder, since: null, taken: 0, heard: performance.now() });
  recorder.onstart = () => (engine.since ??= performance.now());
  recorder.ondataavailable = ({ data }) => {
    const end = secondsOfTake(engine);
    if (data.size) engine.work = engine.work.then(() => keep(engine, recording, take, data, end));
  };
  const over = new Promise((resolve) => (recorder.onstop = resolve));
  recorder.closed = over.then(() => engine.work);
  const close = meter(engine, stream);
  over.then(() => {
    close();
    for (const track of stream.getTracks()) track.stop();
    if (engine.recorder !== recorder) return; // it was asked to
    rest(engine);
    engine.recorder = null;
    recorder.closed.then(() => turn(engine, "interrupted", recorder.lost ? SENTENCES.unplugged : SENTENCES.broke));
  });
  for (const track of stream.getTracks()) {
    track.onended = () => {
      recorder.lost = true;
      if (recorder.state !== "inactive") recorder.stop();
    };
  }
  recorder.onerror = () => recorder.state !== "inactive" && recorder.stop();
  recorder.start(SLICE_MS);
  turn(engine, "recording");
  stayAwake(engine);
};

const keep = async (engine, recording, take, data, end) => {
  const chunk = { bytes: await data.arrayBuffer(), end };
  if (!(await recording.placed)) return; // the program did not take it
  const number = [recording.takes.indexOf(take), take.made];
  recording.chunks.set(number.join("/"), chunk);
  take.made += 1;
  take.seconds = end;
  chunk.kept = engine.store.keep(recording, number, chunk);
  engine.sender?.wake();
};

// The clock stands still.
const rest = (engine) => Object.assign(engine, { taken: secondsOfTake(engine), since: null });

const close = async (engine) => {
  const { recorder } = engine;
  if (!recorder) return;
  rest(engine);
  if (recorder.state !== "inactive") recorder.stop(); // gives what it still holds
  engine.recording.takes.at(-1).seconds = engine.taken;
  engine.recorder = null;
  engine.awake?.release().catch(() => {});
  await recorder.closed;
};

const start = async (engine, { at, ticket }) => {
  if (engine.phase !== "idle" && engine.phase !== "ended") return;
  turn(engine, "asking");
  let stream;
  try {
    stream = await openMicrophone(engine.microphone);
  } catch (error) {
    return turn(engine, "idle", sentenceOf(error));
  }
  // Recording begins at once: what is heard meanwhile waits until the lecture has its place.
  const recording = makeRecording();
  Object.assign(engine, { recording, ended: null, shown: false });
  const two = (number) => String(number).padStart(2, "0");
  const now = new Date();
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  const name = `Recording ${day} ${two(now.getHours())}.${two(now.getMinutes())}`;
  const begun = beginAt(at, ticket, { kind: "live", name, size: null });
  recording.placed = begun.then(({ lecture }) => Boolean(lecture));
  record(engine, stream);
  const { lecture, key, refused } = await begun;
  if (refused) {
    await close(engine);
    engine.recording = null;
    return turn(engine, "idle", refused);
  }
  Object.assign(recording, { lecture, key });
  engine.release = (await hold(lecture, { ifAvailable: true })) ?? engine.release;
  await engine.store.keep(recording);
  send(engine, at);
  tell(engine);
};

const pause = (engine) => {
  if (engine.phase !== "recording") return;
  engine.recorder.requestData();
  engine.recorder.pause();
  rest(engine);
  turn(engine, "paused");
};

// After a pause; after a refresh, a crash or the loss of the microphone, and with another one, by the next take.
const goOn = async (engine) => {
  const { recorder, phase } = engine;
  if (phase !== "paused" && phase !== "interrupted") return;
  if (recorder && engine.microphone === recorder.microphone) {
    recorder.resume();
    engine.since = performance.now();
    engine.heard = Math.max(engine.heard, engine.since);
    return turn(engine, "recording");
  }
  turn(engine, "asking");
  try {
    const stream = await openMicrophone(engine.microphone);
    await close(engine);
    await record(engine, stream);
  } catch (error) {
    turn(engine, phase, sentenceOf(error));
  }
};

// Finish: from now on, all that is left is to send it.
const finish = async (engine) => {
  if (!["recording", "paused", "interrupted"].includes(engine.phase)) return;
  const { recording } = engine;
  turn(engine, "ending");
  await close(engine);
  if (!(await recording.placed)) return; // the program did not take it, as is said
  recording.takes = recording.takes.filter(({ made }) => made);
  recording.stopped = true;
  await engine.store.keep(recording);
  engine.sender?.wake();
};

const mark = (engine) => {
  const { recording, phase } = engine;
  if (!recording?.lecture || !["recording", "paused"].includes(phase)) return null;
  const seconds = Math.round(elapsed(engine) * 10) / 10;
  if (seconds - (recording.marks.at(-1) ?? -Infinity) < 1) return seconds; // pressed twice, marked once
  recording.marks.push(seconds);
  engine.store.keep(recording);
  engine.sender?.wake();
  tell(engine);
  return seconds;
};

// ------------------------------------------------------------------------------------------------------------- sending

const send = (engine, at) => {
  const { recording, store } = engine;
  const chunkOf = async (take, number) => {
    const chunk = recording.chunks.get(`${take}/${number}`);
    await chunk?.kept;
    return chunk?.bytes;
  };
  engine.sender = makeSender(at, recording, chunkOf, {
    turned: () => (engine.sender?.state === "done" ? end(engine) : tell(engine)),
    sent: async (number, drop) => {
      if (number && drop) recording.chunks.delete(number.join("/"));
      await (number && drop ? store.drop(recording, number) : store.keep(recording));
      tell(engine);
    },
  });
};

const end = async (engine) => {
  const { recording, sender } = engine;
  await close(engine); // the page has ended it while the recorder still ran
  engine.ended = sender.lecture;
  engine.length = secondsMade(recording);
  leave(engine);
  turn(engine, "ended");
};

// The recording is over, or given up: nothing of it is kept here.
const leave = (engine) => {
  const { recording } = engine;
  engine.sender?.halt();
  engine.store.forget(recording.lecture);
  Object.assign(engine, { recording: null, sender: null });
  engine.release();
  engine.release = () => {};
};

// Finish with what the program has: it does not take the rest.
const finishShort = async (engine) => {
  const { recording } = engine;
  await close(engine);
  recording.takes = recording.takes.filter(({ sent }) => sent);
  for (const take of recording.takes) Object.assign(take, { made: take.sent, seconds: take.saved });
  recording.stopped = true;
  await engine.store.keep(recording);
  turn(engine, "ending");
  engine.sender.hurry();
};

// Stop recording what nobody takes any more.
const halt = async (engine) => {
  await close(engine);
  turn(engine, "interrupted");
};

const giveUp = async (engine) => {
  await close(engine);
  leave(engine);
  turn(engine, "idle");
};

// What the program does not have, as files: a take's first chunk makes one of what comes after it.
const saveAsFiles = ({ takes, chunks }) => {
  takes.forEach((take, number) => {
    if (take.sent >= take.made) return;
    const rest = Array.from({ length: take.made - take.sent }, (_, i) => take.sent + i);
    const parts = [...new Set([0, ...rest])].map((place) => chunks.get(`${number}/${place}`)?.bytes).filter(Boolean);
    const ending = { "audio/mp4": "m4a", "audio/ogg": "ogg" }[take.mimeType.split(";")[0]] ?? "webm";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(parts, { type: take.mimeType }));
    link.download = `Recording, part ${number + 1}.${ending}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  });
};

// -------------------------------------------------------------------------------------------- the page, and other tabs

// A recording belongs to one tab at a time. Resolves to what lets it go; to null where another tab has it.
const hold = (lecture, options) =>
  new Promise((resolve) => {
    if (!navigator.locks) return resolve(() => {});
    navigator.locks
      .request(`lecture-recording ${lecture}`, options, (lock) => lock && new Promise((release) => resolve(release)))
      .then(() => resolve(null), () => resolve(null));
  });

// Take up the recording of the lecture that the page shows, if it is this browser's.
const adopt = async (engine, lecture, at) => {
  if (engine.recording || engine.adopting === lecture || engine.ended === lecture || engine.phase === "asking") return;
  engine.adopting = lecture;
  turn(engine, "looking");
  let release = await hold(lecture, { ifAvailable: true });
  if (!release) {
    if (engine.adopting === lecture) turn(engine, "another tab");
    release = await hold(lecture, {}); // when that tab is closed, the recording is this one's
  }
  const found = engine.adopting === lecture ? await engine.store.load(lecture) : null;
  if (engine.adopting !== lecture || engine.recording || !found) {
    release?.();
    if (engine.adopting === lecture && !engine.recording) turn(engine, "elsewhere");
    return;
  }
  Object.assign(engine, { recording: found, release, adopting: null });
  found.placed = Promise.resolve(true);
  send(engine, at);
  turn(engine, found.stopped ? "ending" : "interrupted");
};

// The page shows no lecture that is being recorded.
const letGo = (engine) => {
  engine.adopting = null;
  if (["looking", "another tab", "elsewhere", "ended"].includes(engine.phase)) {
    engine.ended = null;
    turn(engine, "idle");
  }
};

// Lectures that this browser began to record, and no tab of it goes on with.
const unfinished = async (engine) => {
  const held = (await navigator.locks?.query())?.held.map(({ name }) => name) ?? [];
  const recordings = await engine.store.recordings();
  return recordings.filter(({ lecture }) => !held.includes(`lecture-recording ${lecture}`));
};

const stayAwake = async (engine) => {
  if (document.visibilityState !== "visible" || !engine.recorder || engine.phase !== "recording") return;
  if (engine.awake && !engine.awake.released) return;
  engine.awake = await navigator.wakeLock?.request("screen").catch(() => null);
};

// ------------------------------------------------------------------------------------------------------------- hearing

// Watches how loud it is; returns what ends that. A browser that cannot do it records all the same.
const meter = (engine, stream) => {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 2048 });
  try {
    context.createMediaStreamSource(stream).connect(analyser);
  } catch {
    engine.heard = Infinity; // nobody knows
    return () => context.close();
  }
  context.resume().catch(() => {});
  const samples = new Float32Array(analyser.fftSize);
  const listening = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    engine.level = (Math.max(...samples) - Math.min(...samples)) / 2; // some microphones are off centre
    const listens = engine.phase === "recording" && context.state === "running";
    if (engine.level > SILENT || !listens) engine.heard = performance.now();
  }, LISTEN_MS);
  return () => {
    clearInterval(listening);
    engine.level = 0;
    context.close();
  };
};

const isSilent = ({ phase, heard }) => phase === "recording" && performance.now() - heard > SILENT_MS;
