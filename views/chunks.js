// What was recorded, or is sent in parts: kept in the browser until the program has it, and sent to it in order.
const SOON_MS = 500; // until something is tried again; it doubles each time
const LATE_MS = 5_000;
const REFUSED_MS = 30_000; // what was refused is not likely to be taken soon
const PATIENCE_MS = { small: 15_000, large: 120_000 }; // for an answer
const LARGE_BYTES = 1_000_000;

// -------------------------------------------------------------------------------------- what the browser itself keeps

const openDatabase = (whose) =>
  new Promise((resolve, reject) => {
    const asked = indexedDB.open(`lecture-recordings${whose && `-${whose}`}`, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("recordings", { keyPath: "lecture" });
      asked.result.createObjectStore("chunks"); // by lecture, take and number
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = asked.onblocked = () => reject(asked.error);
    setTimeout(reject, 3_000, new Error("The database does not open."));
  });

// Recordings and their chunks, so that they outlast the page; `lasting` is false where the browser keeps nothing.
// Whoever else logs in with this browser does not find them: `whose` they are is part of the name.
const makeStore = (whose) => {
  const store = { lasting: true };
  const database = (async () => openDatabase(whose))().catch(() => void (store.lasting = false));

  // One transaction: all of it is there afterwards, or nothing.
  const change = async (mode, work) => {
    try {
      const transaction = (await database)?.transaction(["recordings", "chunks"], mode);
      if (!transaction) return undefined;
      const asked = work(transaction.objectStore("recordings"), transaction.objectStore("chunks"));
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onerror = transaction.onabort = () => reject(transaction.error);
      });
      return asked;
    } catch {
      store.lasting = false; // full, closed by the browser, or refused in a private window
      return undefined;
    }
  };

  const all = (lecture) => IDBKeyRange.bound([lecture], [lecture, []]);
  const told = ({ lecture, key, began, takes, marks, marked, stopped }) =>
    structuredClone({ lecture, key, began, takes, marks, marked, stopped });

  store.keep = (recording, number, chunk) =>
    change("readwrite", (recordings, chunks) => {
      recordings.put(told(recording));
      if (chunk) chunks.put({ bytes: chunk.bytes, end: chunk.end }, [recording.lecture, ...number]);
    });
  store.drop = (recording, number) =>
    change("readwrite", (recordings, chunks) => {
      recordings.put(told(recording));
      chunks.delete([recording.lecture, ...number]);
    });
  store.forget = (lecture) =>
    change("readwrite", (recordings, chunks) => {
      recordings.delete(lecture);
      chunks.delete(all(lecture));
    });
  store.recordings = async () => (await change("readonly", (recordings) => recordings.getAll()))?.result ?? [];
  store.load = async (lecture) => {
    const found = await change("readonly", (recordings, chunks) => [
      recordings.get(lecture),
      chunks.getAllKeys(all(lecture)),
      chunks.getAll(all(lecture)),
    ]);
    const [recording, numbers, contents] = found?.map(({ result }) => result) ?? [];
    if (!recording) return null;
    recording.chunks = new Map(numbers.map(([, take, number], i) => [`${take}/${number}`, contents[i]]));
    recording.takes.forEach((take, number) => {
      take.made = Math.max(take.made, take.sent);
      while (take.made > take.sent && !recording.chunks.has(`${number}/${take.made - 1}`)) take.made -= 1;
    });
    return recording;
  };
  return store;
};

// ------------------------------------------------------------------------------------------------- one recording's state

const makeRecording = (stopped = false) => ({
  lecture: null,
  key: null,
  began: Date.now(),
  takes: [], // each with its MIME type, how many chunks were made and sent, and the seconds of sound in them
  marks: [], // seconds
  marked: 0, // how many of the marks the program has
  stopped, // nothing more comes
  chunks: new Map(), // by "take/number": those that the program does not have, and every take's first
});

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const unsent = ({ takes }) => sum(takes.map(({ made, sent }) => made - sent));
const secondsMade = ({ takes }) => sum(takes.map(({ seconds }) => seconds));

// Up to where the program has everything, in seconds.
const secondsSaved = ({ takes }) => {
  const open = takes.findIndex(({ made, sent }) => sent < made);
  return sum((open < 0 ? takes : takes.slice(0, open + 1)).map(({ saved }) => saved));
};

// A time as people read it: 03:20, 1:02:07.
const clock = (seconds) => {
  const two = (number) => String(number).padStart(2, "0");
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return `${hours ? `${hours}:` : ""}${two(minutes)}:${two(whole % 60)}`;
};

// ------------------------------------------------------------------------------------------------------------- asking

// An answer, or status 0 where there was none: also where somebody else answered, as hotels and campus networks do.
const ask = async (address, { signal, ...request }) => {
  const given = new AbortController();
  const give = () => given.abort();
  const size = request.body?.size ?? request.body?.byteLength ?? 0;
  const patience = setTimeout(give, size > LARGE_BYTES ? PATIENCE_MS.large : PATIENCE_MS.small);
  signal?.addEventListener("abort", give);
  try {
    const response = await fetch(address, { ...request, cache: "no-store", signal: given.signal });
    const told = await response.json();
    if (told === null || typeof told !== "object") return { status: 0, told: {} };
    return { status: response.status, told, after: Number(response.headers.get("Retry-After")) || 0 };
  } catch {
    return { status: 0, told: {} };
  } finally {
    clearTimeout(patience);
    signal?.removeEventListener("abort", give);
  }
};

const json = (content) => ({ body: JSON.stringify(content), headers: { "Content-Type": "application/json" } });

const beginAt = async (at, ticket, facts) => {
  const { body, headers } = json(facts);
  const answer = await ask(at, { method: "POST", body, headers: { ...headers, "X-Ticket": ticket } });
  const { lecture, key } = answer.told;
  if (answer.status < 300 && lecture && key) return { lecture, key };
  return { refused: answer.told.error ?? "The program does not answer. Check the network, then press Start again." };
};

// ------------------------------------------------------------------------------------------------------------ sending

// Sends what there is until everything is with the program. `state` is one of
//   "resting": all that there is was sent, more may come     "sending"
//   "waiting": nobody answers, it is tried again             "refused": likewise, but `says` why
//   "gone": the program does not know the recording any more, or has ended it: nothing can be sent
//   "done": it was ended, and is the lecture `lecture`
const makeSender = (at, recording, chunkOf, on) => {
  const halted = new AbortController();
  const sender = { state: "resting", says: "", lecture: null };
  let woken = () => {};
  let delay = SOON_MS;

  const turn = (state, says = "") => {
    if (sender.state === state && sender.says === says) return;
    Object.assign(sender, { state, says });
    on.turned();
  };

  const rest = (milliseconds) =>
    new Promise((resolve) => {
      const timer = milliseconds && setTimeout(resolve, milliseconds);
      woken = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const request = (method, path, headers = {}, body = undefined) =>
    ask(`${at}/${recording.lecture}${path}`, {
      method,
      body,
      headers: { ...headers, "X-Recording-Key": recording.key },
      signal: halted.signal,
    });

  const sendMarks = async () => {
    const many = recording.marks.length;
    const { body, headers } = json({ marks: recording.marks });
    const answer = await request("PUT", "/marks", headers, body);
    if (answer.status === 200) {
      recording.marked = many;
      await on.sent(null);
    }
    return answer;
  };

  // What the program has, it needs no more.
  const acknowledge = async (number, chunks) => {
    const take = recording.takes[number];
    while (take.sent < Math.min(chunks, take.made)) {
      const place = take.sent;
      take.saved = recording.chunks.get(`${number}/${place}`)?.end ?? take.saved;
      take.sent += 1; // before it is dropped: what the browser keeps is always right, whenever the tab crashes
      await on.sent([number, place], place > 0); // the first makes a file of what comes after it
    }
  };

  const sendChunk = async (number) => {
    const take = recording.takes[number];
    const place = take.sent;
    const body = await chunkOf(number, place);
    if (body === undefined) {
      const answer = await lookWhatIsThere(); // perhaps it was sent, and only its answer got lost
      if (answer.status !== 200 || take.sent > place) return answer;
      return { status: 410, told: { error: "A part of the recording is not there any more." } };
    }
    const answer = await request("PUT", `/${number}/${place}`, { "Content-Type": take.mimeType }, body);
    const { chunks } = answer.told;
    if (answer.status === 200 && Number.isInteger(chunks)) await acknowledge(number, chunks);
    else if (answer.status === 200) return { ...answer, status: 0 };
    if (answer.status !== 409 || !Number.isInteger(chunks)) return answer;
    // The program has more of it, or less, than was thought here.
    if (chunks > place) await acknowledge(number, chunks);
    else take.sent = chunks;
    return chunks === place ? answer : { ...answer, status: 200 };
  };

  const sendEnd = async () => {
    const { body, headers } = json({ takes: recording.takes.map(({ made }) => made) });
    const answer = await request("POST", "/end", headers, body);
    if (answer.status === 200) sender.lecture = answer.told.lecture ?? null;
    if (answer.status === 200 && !sender.lecture) return { ...answer, status: 0 };
    if (answer.status === 410) sender.lecture = recording.lecture; // an answer got lost, or the page has ended it
    if (answer.status === 409) await lookWhatIsThere();
    return answer;
  };

  const lookWhatIsThere = async () => {
    const answer = await request("GET", "");
    if (answer.status !== 200) return answer;
    if (!Array.isArray(answer.told.takes)) return { ...answer, status: 0 };
    recording.takes.forEach((take, number) => (take.sent = Math.min(take.made, answer.told.takes[number] ?? 0)));
    return answer;
  };

  const next = () => {
    if (recording.marked < recording.marks.length) return sendMarks;
    const number = recording.takes.findIndex(({ made, sent }) => sent < made);
    if (number >= 0) return () => sendChunk(number);
    return recording.stopped ? sendEnd : null;
  };

  const run = async () => {
    while (!halted.signal.aborted) {
      const send = next();
      if (!send) {
        turn("resting");
        await rest(0);
        continue;
      }
      if (sender.state === "resting") turn("sending");
      const { status, told, after } = await send();
      if (halted.signal.aborted) return;
      if (sender.lecture) return turn("done");
      if (status === 200) {
        delay = SOON_MS;
        turn("sending");
      } else if (status === 404 || status === 410) {
        return turn("gone", told.error ?? "The program does not take anything more of this recording.");
      } else {
        const fleeting = status === 0 || status === 429 || (status >= 500 && status !== 507) || status === 409;
        turn(fleeting ? "waiting" : "refused", fleeting ? "" : (told.error ?? "The program does not take the recording."));
        await rest(1000 * after || (fleeting ? delay : REFUSED_MS));
        delay = Math.min(2 * delay, LATE_MS);
      }
    }
  };

  const hurry = () => woken();
  addEventListener("online", hurry);
  sender.wake = () => {
    if (sender.state === "resting" || sender.state === "sending") woken();
  };
  sender.hurry = hurry;
  sender.halt = () => {
    removeEventListener("online", hurry);
    halted.abort();
    woken();
  };
  run();
  return sender;
};
