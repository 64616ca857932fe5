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

/** The names, sizes and small pictures of the files chosen; pictures are drawn here and go nowhere. */
function preview(input) {
  const list = document.getElementById(input.dataset.anteprima);
  if (!list) return;
  input.addEventListener("change", async () => {
    list.replaceChildren();
    list.hidden = input.files.length === 0;
    for (const file of input.files) {
      const item = document.createElement("li");
      const size = file.size < 1048576 ? `${Math.ceil(file.size / 1024)} kB` : `${(file.size / 1048576).toFixed(1).replace(".", ",")} MB`;
      const words = document.createElement("span");
      words.textContent = `${file.name} (${size})`;
      item.append(words);
      list.append(item);
      if (!file.type.startsWith("image/")) continue;
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
  });
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

for (const link of document.querySelectorAll("[data-menu]")) menu(link);
for (const fold of document.querySelectorAll("[data-chiudi-fuori]")) closing(fold);
for (const area of document.querySelectorAll("[data-conta]")) counter(area);
for (const form of document.querySelectorAll('form[method="post"]')) once(form);
for (const input of document.querySelectorAll("[data-anteprima]")) preview(input);
for (const button of document.querySelectorAll("[data-copia]")) copier(button);
document.querySelector("[data-fuoco]")?.focus();

// Coming back with the browser's arrow must not find the forms shut.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("[data-inviato]")) {
    delete form.dataset.inviato;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});
