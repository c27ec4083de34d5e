/** The crew's page: taps without a jump of the page, names that are filtered as they are typed. Works without this. */

const page = () => document.getElementById("crew");

/** Sends a form and shows the page that comes back in place. The key in the form makes a second try the same entry. */
async function send(form, submitter) {
  const button = submitter ?? form.querySelector("button");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("crew");
    if (!fresh) {
      form.submit();
      return;
    }
    keepOpen(fresh);
    page().replaceWith(fresh);
    prepare();
    fresh.querySelector(".form-errors")?.focus();
  } catch {
    button.disabled = false;
    const note = page().querySelector(".crew-unsent");
    note.textContent = page().dataset.unsent;
    note.hidden = false;
  }
}

/** What was open stays open, beside what opens anew. */
function keepOpen(fresh) {
  const before = [...page().querySelectorAll(".crew-stop")];
  fresh.querySelectorAll(".crew-stop").forEach((stop, index) => {
    if (before[index]?.open) stop.open = true;
  });
}

function filter(text) {
  for (const row of page().querySelectorAll(".crew-stop .crew-pupil")) {
    row.hidden = text !== "" && !row.dataset.name.includes(text);
  }
  if (text !== "") page().querySelectorAll(".crew-stop").forEach((stop) => (stop.open = true));
}

const HOLD_MS = 2000;

/** A call for help takes a button that is held, so that no pocket calls. Its moment makes a second try the same call. */
function holdToSend(form) {
  const button = form.querySelector("button");
  let timer;
  const begin = () => {
    clearTimeout(timer);
    button.dataset.held = "";
    timer = setTimeout(() => {
      form.elements.at.value ||= new Date().toISOString();
      form.submit();
    }, HOLD_MS);
  };
  const end = () => {
    clearTimeout(timer);
    delete button.dataset.held;
  };
  button.addEventListener("pointerdown", begin);
  for (const kind of ["pointerup", "pointerleave", "pointercancel", "keyup", "blur"]) button.addEventListener(kind, end);
  button.addEventListener("keydown", (event) => {
    if ((event.key === " " || event.key === "Enter") && !event.repeat) begin();
  });
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  form.addEventListener("submit", (event) => event.preventDefault());
}

function prepare() {
  document.querySelectorAll("[data-hold]").forEach(holdToSend);
  page().addEventListener("submit", (event) => {
    if (event.target.matches("[data-tap]")) {
      event.preventDefault();
      send(event.target, event.submitter);
    }
  });
  page()
    .querySelector("[data-filter]")
    ?.addEventListener("input", (event) => filter(event.target.value.trim()));
}

prepare();
