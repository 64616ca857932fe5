// Small improvements where scripts run; every page works without them.

/** The phone menu: a link to the menu's own anchor without scripts, a button that opens and closes it with them. */
function menu(link) {
  const target = document.getElementById(link.dataset.menu);
  if (!target) return;
  const set = (open) => {
    target.classList.toggle("aperto", open);
    link.setAttribute("aria-expanded", String(open));
  };
  link.setAttribute("role", "button");
  link.setAttribute("aria-controls", target.id);
  set(false);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    set(link.getAttribute("aria-expanded") !== "true");
  });
  link.addEventListener("keydown", (event) => {
    if (event.key === " ") {
      event.preventDefault();
      link.click();
    }
  });
  target.querySelector(".menu-chiudi")?.addEventListener("click", (event) => {
    event.preventDefault();
    set(false);
    link.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && target.classList.contains("aperto")) {
      set(false);
      link.focus();
    }
  });
}

/** A fold that closes on Escape and on a click elsewhere. */
function closing(fold) {
  document.addEventListener("click", (event) => {
    if (fold.open && !fold.contains(event.target)) fold.open = false;
  });
  fold.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && fold.open) {
      fold.open = false;
      fold.querySelector("summary").focus();
    }
  });
}

/** Says how many characters are left; screen readers hear it when typing pauses, near the end only. */
function counter(area) {
  const note = document.getElementById(area.dataset.conta);
  const limit = Number(area.maxLength);
  if (!note || !(limit > 0)) return;
  const spoken = document.createElement("span");
  spoken.className = "visually-hidden";
  spoken.setAttribute("role", "status");
  note.after(spoken);
  let pause;
  const show = (speak) => {
    const left = limit - area.value.length;
    note.textContent = left === 1 ? "Resta 1 carattere." : `Restano ${left} caratteri su ${limit}.`;
    clearTimeout(pause);
    if (speak && left <= limit / 10) pause = setTimeout(() => (spoken.textContent = note.textContent), 1000);
  };
  area.addEventListener("input", () => show(true));
  show(false);
}

/** A form goes out once: the second click is ignored. The button is not disabled, or its own value would not be sent. */
function once(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.inviato) {
      event.preventDefault();
      return;
    }
    form.dataset.inviato = "si";
    event.submitter?.setAttribute("aria-disabled", "true");
  });
}

/** A chosen file in words, with a small picture where this browser can draw it; pictures are drawn here and go nowhere. */
function describe(file) {
  const item = document.createElement("li");
  const size = file.size < 1048576 ? `${Math.ceil(file.size / 1024)} kB` : `${(file.size / 1048576).toFixed(1).replace(".", ",")} MB`;
  const words = document.createElement("span");
  words.textContent = `${file.name} (${size})`;
  item.append(words);
  if (file.type.startsWith("image/")) draw(file, item);
  return item;
}

async function draw(file, item) {
  try {
    const picture = await createImageBitmap(file, { resizeHeight: 160, resizeQuality: "medium" });
    const canvas = document.createElement("canvas");
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Anteprima di ${file.name}`);
    canvas.getContext("2d").drawImage(picture, 0, 0);
    item.prepend(canvas);
  } catch {
    // A format that this browser cannot draw keeps its name only.
  }
}

/** The names, sizes and small pictures of the files chosen. */
function preview(input) {
  const list = document.getElementById(input.dataset.anteprima);
  if (!list) return;
  input.addEventListener("change", () => {
    list.replaceChildren(...[...input.files].map(describe));
    list.hidden = input.files.length === 0;
  });
}

/** Sends one file to the API: `201` with its id, a refusal, or nothing at all. */
function send(file, progress) {
  return new Promise((settle) => {
    const body = new FormData();
    body.append("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", "/api/allegati");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    });
    request.addEventListener("load", () => settle({ status: request.status, answer: request.response }));
    for (const broken of ["error", "abort", "timeout"]) request.addEventListener(broken, () => settle({ status: 0 }));
    request.send(body);
  });
}

/**
 * Sends files as soon as they are chosen, each with a bar of its own; one that broke off can be sent again. What was taken
 * leaves the field and goes on as its id; what was not stays in the field, so that the form sends it and its page says
 * what is wrong.
 */
function uploader(input) {
  const list = document.getElementById(input.dataset.anteprima);
  const form = input.form;
  if (!list || !form) return;
  input.multiple = true;
  let open = [];
  let running = 0;
  let waiting = null;

  const keep = () => {
    const files = new DataTransfer();
    for (const { file } of open) files.items.add(file);
    input.files = files.files;
    list.hidden = list.children.length === 0;
  };
  const drop = (entry) => {
    open = open.filter((other) => other !== entry);
    keep();
  };
  const button = (words, name, action) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-outline-primary btn-sm";
    button.textContent = words;
    button.setAttribute("aria-label", `${words} ${name}`);
    button.addEventListener("click", action);
    return button;
  };
  const start = async (entry) => {
    const { file, item } = entry;
    const state = document.createElement("span");
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `Caricamento di ${file.name}`);
    state.append(bar);
    item.querySelector("[data-stato]")?.remove();
    state.dataset.stato = "";
    item.append(state);
    running += 1;
    const { status, answer } = await send(file, (part) => (bar.value = part));
    running -= 1;
    const remove = button("Togli", file.name, () => {
      item.remove();
      drop(entry);
      input.focus();
    });
    if (status === 201) {
      const id = document.createElement("input");
      id.type = "hidden";
      id.name = "allegato";
      id.value = answer.id;
      state.replaceChildren(document.createTextNode(" Caricato. "), remove, id);
      drop(entry);
    } else if (status >= 400 && status < 500 && status !== 429) {
      state.replaceChildren(document.createTextNode(` ${answer?.detail ?? "Questo file non può essere caricato."} `), remove);
    } else {
      const again = button("Riprova", file.name, () => start(entry));
      const words = answer?.detail ?? "Il caricamento si è interrotto.";
      state.replaceChildren(document.createTextNode(` ${words} `), again, document.createTextNode(" "), remove);
    }
    if (running === 0 && waiting) {
      const submitter = waiting.submitter;
      waiting = null;
      form.requestSubmit(submitter);
    }
  };
  input.addEventListener("change", () => {
    const chosen = [...input.files].filter((file) => !open.some((entry) => entry.file === file));
    const entries = chosen.map((file) => ({ file, item: describe(file) }));
    for (const { item } of open) item.remove();
    open = entries;
    list.append(...entries.map(({ item }) => item));
    list.hidden = list.children.length === 0;
    for (const entry of entries) start(entry);
  });
  // Before anything else hears of it: whoever goes on while a file is under way goes on when it is there.
  form.addEventListener(
    "submit",
    (event) => {
      if (running === 0) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      waiting = { submitter: event.submitter };
    },
    { capture: true },
  );
}

/** Copies a code and says so in the button itself. */
function copier(button) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copia);
    } catch {
      // Not allowed: select the code, ready for the visitor's own copy.
      const code = button.parentElement?.querySelector("[data-valore]");
      if (code) getSelection().selectAllChildren(code);
      return;
    }
    const words = button.querySelector("span");
    const before = [...words.childNodes];
    words.textContent = "Copiato";
    words.setAttribute("role", "status");
    setTimeout(() => words.replaceChildren(...before), 2000);
  });
}

/**
 * A step of a request: questions that depend on an answer come and go at once, computed numbers follow, and the draft is
 * saved now and then. The server decides what is there: this asks it and shows the answer.
 */
function draft(form) {
  const EVERY = 20_000;
  const words = form.querySelector("[data-salvata]");
  let changed = false;
  let running = false;
  let again = false;
  const show = ({ visibili, calcoli, messaggio }) => {
    for (const field of form.querySelectorAll("[data-campo]")) field.hidden = visibili[field.dataset.campo] === false;
    for (const number of form.querySelectorAll("[data-calcolo]")) {
      number.textContent = calcoli[number.dataset.calcolo] || number.dataset.vuoto;
    }
    if (words) words.textContent = messaggio;
  };
  const save = async () => {
    if (running) {
      again = true;
      return;
    }
    if (form.dataset.inviato) return;
    running = true;
    changed = false;
    const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    body.set("passo", form.dataset.passo);
    try {
      const answer = await fetch(form.dataset.salva, { method: "POST", body });
      if (!answer.ok) throw new Error(answer.statusText);
      show(await answer.json());
      for (const update of form.querySelectorAll("[data-senza-script]")) update.hidden = true;
    } catch {
      // Without an answer the page works as without scripts: by its own buttons.
      changed = true;
      for (const update of form.querySelectorAll("[data-senza-script]")) update.hidden = false;
    }
    running = false;
    if (again) {
      again = false;
      save();
    }
  };
  for (const update of form.querySelectorAll("[data-senza-script]")) update.hidden = true;
  const SOON = 700;
  let soon = 0;
  form.addEventListener("input", (event) => {
    changed = true;
    // A number made from this one follows while one still writes, at the first pause.
    if (event.target.type === "file" || !event.target.closest("[data-calcola]")) return;
    clearTimeout(soon);
    soon = setTimeout(save, SOON);
  });
  form.addEventListener("change", (event) => {
    changed = true;
    if (event.target.type === "file" || !event.target.closest("[data-controlla], [data-calcola]")) return;
    clearTimeout(soon);
    save();
  });
  setInterval(() => changed && save(), EVERY);
}

/** What is left of the time for which something is held; said aloud once, near the end, and when it is over. */
function countdown(note) {
  const left = note.querySelector("[data-resta]");
  const spoken = note.querySelector("[data-resta-detto]");
  if (!left || !spoken) return;
  const end = Date.now() + Number(note.dataset.scadeTra) * 1000;
  const NEAR = 120;
  let said = false;
  const show = () => {
    const seconds = Math.max(0, Math.round((end - Date.now()) / 1000));
    left.textContent = seconds > 0 ? `Restano ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}.` : "Il tempo è finito: se vai avanti scegli di nuovo l'orario.";
    if (seconds === 0) {
      spoken.textContent = left.textContent;
      clearInterval(tick);
    } else if (seconds <= NEAR && !said) {
      said = true;
      spoken.textContent = "Restano due minuti per confermare.";
    }
  };
  const tick = setInterval(show, 1000);
  show();
}

for (const note of document.querySelectorAll("[data-scade-tra]")) countdown(note);
for (const link of document.querySelectorAll("[data-menu]")) menu(link);
for (const fold of document.querySelectorAll("[data-chiudi-fuori]")) closing(fold);
for (const area of document.querySelectorAll("[data-conta]")) counter(area);
for (const form of document.querySelectorAll('form[method="post"]')) once(form);
for (const input of document.querySelectorAll("[data-anteprima]")) (input.name === "file" ? uploader : preview)(input);
for (const button of document.querySelectorAll("[data-copia]")) copier(button);
for (const form of document.querySelectorAll("[data-salva]")) draft(form);
document.querySelector("[data-fuoco]")?.focus();

// Coming back with the browser's arrow must not find the forms shut.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("[data-inviato]")) {
    delete form.dataset.inviato;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});
