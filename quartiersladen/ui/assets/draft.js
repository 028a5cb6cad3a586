// Keeps what was typed on this device until it is sent: after a closed page, an empty battery,
// without a network. Sends nothing by itself. Without this file the form works as it always did.
const DAYS = 30;
const PAUSE = 400; // milliseconds after the last key
// Name and contact data are not among them: others may use this device.
const KEPT = ["kind", "text", "theme", "place_kind", "place_text", "latitude", "longitude", "way"];
const place = document.querySelector("[data-draft]");
const form = document.querySelector("form[data-draft]");
const path = place.dataset.draft; // one draft per quarter, told apart by the address of its form

// --- The drawer on this device ---------------------------------------------------------------
const opened = () => new Promise((resolve, reject) => {
  const request = indexedDB.open("quartiersladen", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("drafts", { keyPath: "form" });
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
const inDrawer = async (mode, act) => {
  const drawer = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const turn = drawer.transaction("drafts", mode);
      const request = act(turn.objectStore("drafts"));
      turn.oncomplete = () => resolve(request.result);
      turn.onabort = turn.onerror = () => reject(turn.error);
    });
  } finally {
    drawer.close();
  }
};
const put = (draft) => inDrawer("readwrite", (drafts) => drafts.put(draft));
const drop = () => inDrawer("readwrite", (drafts) => drafts.delete(path));
const find = async () => {
  const draft = await inDrawer("readonly", (drafts) => drafts.get(path));
  if (!draft || Date.now() - draft.at < DAYS * 24 * 60 * 60 * 1000) return draft;
  await drop();
  return undefined;
};

const show = (name, is = true) => { const part = document.querySelector(`[data-draft-${name}]`); if (part) part.hidden = !is; return part; };
const tell = (name, draft) => {
  const time = show(name).querySelector("time");
  time.dateTime = new Date(draft.at).toISOString();
  time.textContent = new Date(draft.at).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
};

// --- The first page: a draft waits ---------------------------------------------------------
const onFirstPage = async () => {
  const draft = await find();
  if (!draft) return;
  tell("waits", draft);
  place.querySelector("[data-draft-drop]").addEventListener("click", async () => { await drop(); place.hidden = true; });
};

// --- The status page: what was sent is no draft any more --------------------------------------
const nameOf = (key) => JSON.parse(atob(key.split(":")[0].replaceAll("-", "+").replaceAll("_", "/")));
const onStatusPage = async () => {
  const draft = await find();
  if (draft?.tried && nameOf(draft.tried) === place.dataset.draftDone) await drop();
};

// --- The form -------------------------------------------------------------------------------
const onForm = async () => {
  const { elements } = form;
  let tried = null; // the key with which it was sent, as long as no answer came
  let triedText = "";
  let photos = [];
  let timer = null;
  let saving = Promise.resolve();
  let waiting = []; // photos that the office has already, with the form that was begun

  const typed = () => Object.fromEntries(KEPT.map((name) => [name, elements[name]?.value ?? ""]));
  const save = () => {
    clearTimeout(timer);
    timer = null;
    const draft = { form: path, at: Date.now(), fields: typed(), photos, tried, triedText };
    const isEmpty = !draft.fields.text.trim() && !draft.fields.place_text.trim() && !photos.length;
    saving = saving.then(() => (isEmpty ? drop() : put(draft))).then(
      () => show("full", false),
      () => put({ ...draft, photos: [] }).then(() => show("full", photos.length > 0), () => show("full")),
    );
    return saving;
  };
  const saveSoon = () => { clearTimeout(timer); timer = setTimeout(save, PAUSE); show("kept"); };
  const namePhotos = () => {
    const line = show("photos", photos.length > 0);
    line.textContent = `${line.dataset.draftPhotos} ${photos.map((photo) => photo.name).join(", ")}`;
  };
  const write = (fields) => {
    for (const [name, value] of Object.entries(fields)) if (elements[name]) elements[name].value = value;
    form.dispatchEvent(new Event("change", { bubbles: true }));
    form.dispatchEvent(new Event("draft:back"));
  };
  const preset = typed();
  const fill = (draft) => {
    photos = draft.photos;
    try {
      const files = new DataTransfer();
      photos.forEach((photo) => files.items.add(photo));
      elements.photos.files = files.files;
    } catch {
      photos = []; // a browser that cannot put files back: they have to be chosen again
    }
    namePhotos();
    write(draft.fields);
  };
  const clear = async () => {
    clearTimeout(timer);
    await saving;
    await drop();
    form.reset();
    photos = [];
    tried = null;
    namePhotos();
    write(preset); // a poster's place, and fields that a reset leaves as they are
    ["back", "kept", "offline", "full"].forEach((name) => show(name, false));
    clearTimeout(timer);
    elements.text.focus();
  };

  // What is needed to send now, and whether it has been sent already. Fails without a network; {}
  // when the office cannot say it: then its own page explains why.
  const fresh = async () => {
    const key = tried || elements.submission_key.value;
    const response = await fetch(form.dataset.fresh, { cache: "no-store", headers: { "X-Form-Key": key } });
    return response.ok ? response.json() : {};
  };
  const arrived = async (url) => {
    const isSame = typed().text === triedText;
    tried = null;
    show("sent").querySelector("a").href = url;
    show("sent-changed", !isSame);
    show("back", !isSame);
    await (isSame ? clear() : save());
    show("sent").scrollIntoView();
  };

  form.addEventListener("input", saveSoon);
  form.addEventListener("change", (event) => {
    if (event.target === elements.photos) { photos = [...waiting, ...elements.photos.files]; namePhotos(); save(); }
    if (event.target !== form) saveSoon();
  });
  // The last moment in which a page that goes away can keep something.
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && timer) save(); });
  document.querySelectorAll("[data-draft-drop]").forEach((button) => button.addEventListener("click", clear));
  document.querySelector("[data-draft-on]").addEventListener("click", () => { show("back", false); elements.text.focus(); });
  window.addEventListener("online", () => show("offline", false));

  let isSending = false;
  window.addEventListener("pageshow", () => { isSending = false; });
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.name === "drop") return; // taking out a photo is no sending
    event.preventDefault();
    if (isSending) return;
    isSending = true;
    await save();
    try {
      const { csrf, key, sent } = await fresh();
      if (sent && tried) { isSending = false; await arrived(sent); return; }
      if (csrf) elements.csrfmiddlewaretoken.value = csrf;
      // Photos that wait at the office hang on the key of the form that was begun.
      if (key && !("begun" in form.dataset)) elements.submission_key.value = key;
      tried = elements.submission_key.value;
      triedText = elements.text.value;
      await save();
      show("offline", false);
      form.submit();
    } catch {
      show("offline", false);
      show("offline"); // anew, so that it is read out each time
      isSending = false;
    }
  });

  // Without a network the address may name another language than the page that was kept.
  if ("shell" in form.dataset) form.action = `${path}?lang=${form.dataset.language}`;
  const draft = await find();
  if ("begun" in form.dataset) {
    // The office has answered: the key was used for nothing yet, and photos wait there. What was
    // taken out of them shall not come back with the draft.
    const names = [...form.querySelectorAll("[data-draft-photo]")].map((photo) => photo.dataset.draftPhoto);
    waiting = (draft?.photos ?? []).filter((photo) => names.includes(photo.name));
    photos = waiting;
    await save();
  } else if (draft) {
    ({ tried, triedText } = draft);
    fill(draft);
    tell("back", draft);
    show("kept");
    if (tried) {
      try {
        const { sent } = await fresh();
        if (sent) await arrived(sent);
      } catch { /* no network: it is asked once more before sending */ }
    }
  }
  form.dataset.ready = "1"; // for those who want to know that typing is kept from now on

  if ("serviceWorker" in navigator) {
    await navigator.serviceWorker.register(form.dataset.worker, { scope: path });
    const worker = await navigator.serviceWorker.ready;
    worker.active.postMessage({ keep: form.dataset.language });
  }
};

// A private window may forbid keeping anything; then the page is as without this file.
const start = form ? onForm : "draftDone" in place.dataset ? onStatusPage : onFirstPage;
start().catch(() => {});
